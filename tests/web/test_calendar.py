"""What is open when: the calendar, its sentences and the countdown agree at any instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from election.settings import load
from web.calendar import events, until_the_close

ELECTION = load(Path("election/default.toml"))
VOTE = ELECTION.calendar.vote
instants = st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(instants)
@example(VOTE.opens)
@example(VOTE.closes)
@example(VOTE.closes - timedelta(microseconds=1))
def test_a_function_has_a_button_while_it_is_open_and_a_sentence_always(now: datetime) -> None:
    """Before, when it opens; meanwhile, until when; afterwards, since when and where to turn."""
    beginnings = {"not_yet": "Ouvrira le ", "open": "Ouvert jusqu’au ", "closed": "Clos depuis le "}
    for event in events(ELECTION, now):
        assert event.sentence.startswith(beginnings[event.status])
        assert bool(event.url) == bool(event.action) == (event.status == "open")
        assert (ELECTION.support_email in event.sentence) == (event.status == "closed")


@given(instants)
@example(VOTE.opens)
@example(VOTE.closes)
def test_the_countdown_runs_while_the_vote_is_open(now: datetime) -> None:
    """It never shows more than is left, nor a minute less."""
    left = until_the_close(ELECTION, now)
    assert (left is not None) == (VOTE.opens <= now < VOTE.closes)
    if left is not None:
        shown = timedelta(days=left.days, hours=left.hours, minutes=left.minutes)
        assert timedelta(0) <= VOTE.closes - now - shown < timedelta(minutes=1)

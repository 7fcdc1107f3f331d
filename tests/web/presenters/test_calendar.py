"""The calendar, its sentences and the countdown agree at any instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from election.calendar import Calendar
from election.procedures import Procedure
from election.settings import load
from election.timetable import Period
from web.presenters.calendar import closed_reason, entries, live_countdown, recoverable

ELECTION = load(Path("election/demo.toml"))
VOTE = ELECTION.calendar.vote
DAY = timedelta(days=1)
# Identifiers from four weeks before the vote, as in 2018; the lists before that; no date for the candidates.
WIDE = ELECTION.model_copy(
    update={
        "procedures": (Procedure.VOTING_CODE, Procedure.IDENTIFIER),
        "calendar": ELECTION.calendar.model_copy(
            update={
                "identifier": Period(opens=VOTE.opens - 28 * DAY, closes=VOTE.closes),
                "electoral_lists": Period(opens=VOTE.opens - 50 * DAY, closes=VOTE.opens - 10 * DAY),
            }
        ),
    }
)
instants = st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(instants)
@example(VOTE.opens)
@example(VOTE.closes)
@example(VOTE.closes - timedelta(microseconds=1))
def test_a_function_has_a_button_while_it_is_open_and_a_sentence_always(now: datetime) -> None:
    """Before, when it opens; while open, until when; afterwards, since when, and how to reach the support desk."""
    beginnings = {"not_yet": "Ouvrira le ", "open": "Ouvert jusqu’au ", "closed": "Clos depuis le "}
    for event in entries(ELECTION, now):
        assert event.sentence.startswith(beginnings[event.status])
        assert bool(event.url) == bool(event.action) == (event.status == "open")
        assert (ELECTION.support.contact in event.sentence) == (event.status == "closed")


@given(instants)
@example(VOTE.opens)
@example(VOTE.closes)
def test_the_countdown_runs_while_the_vote_is_open(now: datetime) -> None:
    """It shows the time left, rounded down to a minute."""
    left = live_countdown(ELECTION, now)
    assert (left is not None) == (VOTE.opens <= now < VOTE.closes)
    if left is not None:
        shown = timedelta(days=left.days, hours=left.hours, minutes=left.minutes)
        assert timedelta(0) <= VOTE.closes - now - shown < timedelta(minutes=1)


def test_the_entrance_of_the_voting_space_depends_on_the_election() -> None:
    """By voting code in 2022 and by default; by identifier and password where there is no code (2018, 2011)."""
    entrances = {}
    for name in ("2011", "2018", "2022", "default", "demo"):
        election = load(Path(f"election/{name}.toml"))
        vote = next(event for event in entries(election, election.calendar.vote.opens) if event.label == "Vote")
        entrances[name] = vote.url
    by_password, by_code = {"2011", "2018"}, {"2022", "default", "demo"}
    assert {name for name, url in entrances.items() if url == "/vote/connexion"} == by_password
    assert {name for name, url in entrances.items() if url == "/vote"} == by_code


def test_each_recovery_is_open_at_its_own_dates() -> None:
    """Two weeks before the vote identifiers can be replaced; codes say when they can; passwords are not offered."""
    before = VOTE.opens - 14 * DAY
    assert [lost.thing for lost in recoverable(WIDE, before)] == ["mon identifiant"]
    assert closed_reason(WIDE, Procedure.IDENTIFIER, before) is None
    assert " ouvriront le " in str(closed_reason(WIDE, Procedure.VOTING_CODE, before))
    assert " sont closes depuis le " in str(closed_reason(WIDE, Procedure.IDENTIFIER, VOTE.closes))
    for instant in (before, VOTE.opens, VOTE.closes):
        told = str(closed_reason(WIDE, Procedure.PASSWORD, instant))
        assert "ne propose pas" in told
        assert ELECTION.support.contact in told


def test_a_function_of_another_system_has_dates_and_no_link() -> None:
    """The lists are shown with their dates, the candidates are not: the file has no dates for them."""
    lists = [event for event in entries(WIDE, VOTE.opens - 20 * DAY) if "listes" in event.label]
    assert [(event.status, event.url) for event in lists] == [("open", None)]
    assert not [event for event in entries(WIDE, VOTE.opens) if event.label == "Candidatures"]


def test_every_recovery_may_have_dates_of_its_own() -> None:
    """A procedure that ignores the calendar would be closed for ever, or open when it must not be."""
    assert {procedure.folder for procedure in Procedure} <= set(Calendar.model_fields)

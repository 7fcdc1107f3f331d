"""The calendar, its sentences and the countdown agree at any instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activities.texts.dates import written_instant
from election.calendar import Calendar
from election.procedures import Procedure
from election.settings import load
from election.timetable import Period
from web.presenters.calendar import (
    closed_reason,
    entries,
    forgotten_password_url,
    live_countdown,
    open_voting_space_url,
    recoverable,
    support_sentence,
    vote_sentence,
    voting_space_url,
)

ELECTION = load(Path("election/demo.toml"))
VOTE = ELECTION.calendar.vote
DAY = timedelta(days=1)
SHIPPED = ("2011", "2018", "2022", "default", "demo")
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
def test_a_function_always_says_when(now: datetime) -> None:
    """Before, when it opens; while open, until when; afterwards, since when, and how to reach the support desk."""
    beginnings = {"not_yet": "Ouverture le ", "open": "Ouvert jusqu’au ", "closed": "Clos depuis le "}
    for event in entries(ELECTION, now):
        assert event.sentence.startswith(beginnings[event.status])
        assert (ELECTION.support.contact in event.sentence) == (event.status == "closed")
        assert datetime.fromisoformat(event.opens_iso) < datetime.fromisoformat(event.closes_iso)


@given(instants)
@example(VOTE.opens)
@example(VOTE.closes)
def test_the_voting_space_has_an_address_while_the_vote_is_open(now: datetime) -> None:
    """Before and afterwards there is a sentence in its place: when the vote opens, or how to reach the support desk."""
    is_open = VOTE.opens <= now < VOTE.closes
    assert open_voting_space_url(ELECTION, now) == ("/vote" if is_open else None)
    told = vote_sentence(ELECTION, now)
    assert told.startswith("Le vote ouvrira le ") == (now < VOTE.opens)
    assert (ELECTION.support.contact in told) == (now >= VOTE.closes)


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
    entrances = {name: voting_space_url(load(Path(f"election/{name}.toml"))) for name in SHIPPED}
    assert {name for name, url in entrances.items() if url == "/vote/connexion"} == {"2011", "2018"}
    assert {name for name, url in entrances.items() if url == "/vote"} == {"2022", "default", "demo"}


def test_pages_say_until_when_the_support_desk_answers_before_the_end() -> None:
    """A file that does not say it promises nothing; after that time pages say that nobody answers, after the vote nothing."""
    until = VOTE.closes - timedelta(hours=20)
    calendar = ELECTION.calendar.model_copy(update={"support_until": until})
    election = ELECTION.model_copy(update={"calendar": calendar})
    assert support_sentence(election, until - timedelta(hours=1)) == (
        f"Avant la fin du vote, l’assistance répond au téléphone jusqu’au {written_instant(until, election.zone)}."
    )
    assert support_sentence(election, until) == "L’assistance ne répond plus au téléphone avant la fin du vote."
    assert support_sentence(election, VOTE.closes) == ""
    silent = ELECTION.model_copy(update={"calendar": calendar.model_copy(update={"support_until": None})})
    assert support_sentence(silent, until) == ""


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("2011", "/sans-notice"),
        ("2018", "/reassort/mot-de-passe"),
        ("2022", "/reassort/mot-de-passe"),
        ("demo", "/reassort/mot-de-passe"),
    ],
)
def test_a_forgotten_password_leads_to_what_replaces_it(name: str, url: str) -> None:
    """In 2011 to « sans notice », which gives a new one; once the requests are closed, nowhere."""
    election = load(Path(f"election/{name}.toml"))
    closes = min(election.calendar.period_of(each).closes for each in election.procedures)
    assert forgotten_password_url(election, closes - DAY) == url
    assert forgotten_password_url(election, election.calendar.vote.closes) is None


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


def test_a_function_of_another_site_has_dates_and_says_so() -> None:
    """The lists are shown with their dates, the candidates are not: the file has no dates for them."""
    lists = [event for event in entries(WIDE, VOTE.opens - 20 * DAY) if "listes" in event.label]
    assert [(event.status, event.label.endswith("(sur un autre site)")) for event in lists] == [("open", True)]
    assert not [event for event in entries(WIDE, VOTE.opens) if event.label.startswith("Candidatures")]


def test_every_recovery_may_have_dates_of_its_own() -> None:
    """A procedure that ignores the calendar would be closed for ever, or open when it must not be."""
    assert {procedure.folder for procedure in Procedure} <= set(Calendar.model_fields)

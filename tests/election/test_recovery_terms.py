"""The terms of a recovery, taken from the election's settings."""

from datetime import timedelta
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.recovery_terms import takes_requests, terms_of
from election.settings import Election, load
from election.timetable import link_deadline

_FILES = Path(__file__).parents[2] / "election"


@pytest.fixture(scope="module")
def election() -> Election:
    """The election of 2011."""
    return load(_FILES / "2011.toml")


def test_a_link_of_2011_expires_on_a_fixed_date(election: Election) -> None:
    """Whether it was sent on the first day or an hour before: the 24 hours of other procedures do not apply."""
    terms = terms_of(election, Procedure.IDENTIFIER_AND_PASSWORD, "camille")
    dies = election.calendar.links_expire
    assert (terms.elector_id, terms.links_expire) == ("camille", dies)
    assert terms.requests_close == election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD).closes < dies
    for sent in (
        election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD).opens - timedelta(days=9),
        dies - timedelta(hours=1),
    ):
        assert link_deadline(sent, terms.email_lifetime, terms.links_expire) == dies
    assert terms.display_window == timedelta(minutes=10)


def test_the_limit_of_sends_of_2011_grows_with_the_days(election: Election) -> None:
    """With a limit of eight in all, a stranger could use up an elector's sends within a month."""
    assert (
        terms_of(election, Procedure.IDENTIFIER_AND_PASSWORD, "camille").max_sends
        == election.delivery.max_sends * 37
    )


def test_a_link_of_2022_expires_after_24_hours() -> None:
    """A day for a link by e-mail, eight sends, two minutes for the code."""
    terms = terms_of(load(_FILES / "demo.toml"), Procedure.VOTING_CODE, "camille")
    assert (terms.email_lifetime, terms.max_sends) == (timedelta(hours=24), 8)
    assert terms.display_window == timedelta(seconds=120)


def test_requests_are_taken_while_they_are_open_and_offered(election: Election) -> None:
    """From the opening, with a minute for clocks that differ, until the close; never for what an election does not offer."""
    period = election.calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD)
    soon, second = timedelta(minutes=1), timedelta(seconds=1)
    instants = [period.opens - soon - second, period.opens - soon, period.closes - second, period.closes]
    taken = [takes_requests(election, Procedure.IDENTIFIER_AND_PASSWORD, each) for each in instants]
    assert taken == [False, True, True, False]
    assert not takes_requests(election, Procedure.IDENTIFIER, period.opens)

"""What pages say before a step that closes another way, and until when a request is possible."""

import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.settings import Election, load
from tests.support.open_pages import open_pages, pages_at
from tests.support.sample_pages import PAGES
from web.context.pages import Pages

_FILES = Path(__file__).parents[3] / "election"
_BEFORE = ["password forgotten", "password confirm", "password new", "help"]
_BARRED = "vous ne pouvez pas demander de nouveau code de vote par la question défi"
_CODE_FIRST = '<a href="/reassort/code-de-vote">demandez d’abord le code</a>'


def _election(name: str, **changed: object) -> Election:
    return load(_FILES / f"{name}.toml").model_copy(update=changed)


def _page(sample: str, pages: Pages) -> str:
    template, context = PAGES[sample]
    return re.sub(r"\s+", " ", unescape(pages.text(template, **context)))


def _at(instant: datetime, election: Election, *, has_provider: bool = False) -> Pages:
    return pages_at(election, instant, has_provider=has_provider)


@pytest.mark.parametrize("sample", _BEFORE)
def test_a_new_password_is_warned_of_before_it_bars_the_question(sample: str) -> None:
    """A warning says how long no code can be requested, what to do first, and until when codes are requested; folded beside a form."""
    page = _page(sample, open_pages(_election("2022")))
    begins = "fr-alert--warning" if sample == "password confirm" else "<summary"
    assert _BARRED in page.partition(begins)[2].replace("\u00a0", " ")
    assert _CODE_FIRST in page
    assert "Les demandes de nouveau code de vote sont ouvertes jusqu’au " in page


@pytest.mark.parametrize("sample", _BEFORE)
def test_a_new_password_bars_nothing_without_a_challenge_question(sample: str) -> None:
    """In 2018 no page warns of what does not exist."""
    assert "question défi" not in _page(sample, open_pages(_election("2018")))


@pytest.mark.parametrize("has_provider", [True, False])
def test_who_has_lost_both_is_told_the_way_that_is_left(has_provider: bool) -> None:
    """FranceConnect where there is a provider, else the support desk before the password changes."""
    election = _election("2022")
    page = _page("password new", _at(election.calendar.vote.opens, election, has_provider=has_provider))
    assert ("Avec FranceConnect, vous n’avez pas à attendre" in page) == has_provider
    assert ("joignez d’abord l’assistance" in page) != has_provider


def test_once_the_password_is_changed_nobody_is_told_to_ask_for_the_code_first() -> None:
    """The wait is told again, without what is too late."""
    page = _page("password done", open_pages(_election("2022")))
    assert _BARRED in page
    assert _CODE_FIRST not in page


def test_no_code_is_spoken_of_once_none_can_be_requested() -> None:
    """After the end of the requests for codes the wait concerns nobody."""
    election = _election("2022")
    closes = election.calendar.period_of(Procedure.VOTING_CODE).closes
    late = _at(closes + timedelta(seconds=1), election)
    assert _BARRED not in _page("password new", late)


_FIRST_PAGES = {
    Procedure.VOTING_CODE: "choice",
    Procedure.PASSWORD: "password forgotten",
    Procedure.IDENTIFIER: "identifier",
    Procedure.IDENTIFIER_AND_PASSWORD: "without notice",
}


def _closing(election: Election, procedure: Procedure, closes: datetime) -> Election:
    period = election.calendar.period_of(procedure).model_copy(update={"closes": closes})
    calendar = election.calendar.model_copy(update={procedure.replace("-", "_"): period})
    return election.model_copy(update={"calendar": calendar})


@pytest.mark.parametrize("procedure", Procedure)
def test_requests_that_close_before_the_vote_say_so_where_they_begin(procedure: Procedure) -> None:
    """The procedure's first page, the home page and the portal say until when; nothing is said where the vote ends first."""
    election = _election("demo")
    early = _closing(election, procedure, election.calendar.vote.closes - timedelta(hours=3))
    for sample in (_FIRST_PAGES[procedure], "home", "portal"):
        page = _page(sample, open_pages(early))
        assert re.search(r"seront closes avant la fin du vote : le [a-zéû]+ 10 décembre 2026 à 14 h ", page), (
            sample
        )
    same = _closing(election, procedure, election.calendar.vote.closes)
    assert "avant la fin du vote" not in _page(_FIRST_PAGES[procedure], open_pages(same))


def test_requests_that_close_at_one_time_are_told_of_in_one_sentence() -> None:
    """In the demo's file all do; with another time for one of them each has its own."""
    election = _election("demo")
    home = _page("home", open_pages(election))
    assert home.count("avant la fin du vote") == 1
    assert "Ces demandes seront closes avant la fin du vote" in home
    other = _closing(election, Procedure.PASSWORD, election.calendar.vote.closes - timedelta(hours=3))
    assert _page("home", open_pages(other)).count("avant la fin du vote") == len(Procedure)

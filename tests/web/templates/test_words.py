"""What pages call things: one title a page, sentences that are right with one thing as with several, and buttons that lead on."""

import re
from html import unescape
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.settings import Election, load
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES
from web.presenters.noted_copy import compare

_FILES = Path(__file__).parents[3] / "election"
_MAIN_BUTTON_HOME = re.compile(r'<a class="fr-btn(?! fr-btn--secondary)[^"]*"\s+href="/"')


def _election(name: str, **changed: object) -> Election:
    return load(_FILES / f"{name}.toml").model_copy(update=changed)


def _page(sample: str, election: Election) -> str:
    template, context = PAGES[sample]
    page = open_pages(election).text(template, **context)
    return re.sub(r"\s+", " ", unescape(page))


def _title(page: str) -> str:
    found = re.search(r"<h1> ?(.*?) ?</h1>", page)
    assert found
    return found[1]


def test_each_entrance_of_the_voting_space_is_titled_by_what_it_asks() -> None:
    """Voting code, or identifier and password: the demo has both."""
    election = _election("demo")
    by_code, by_identifier = _page("vote", election), _page("voting sign in", election)
    assert _title(by_code) == "Entrer dans l’espace de vote avec votre code de vote"
    assert _title(by_identifier) == "Entrer dans l’espace de vote avec votre identifiant et votre mot de passe"
    for page in (by_code, by_identifier):
        assert f"<title>{_title(page)} —" in page


def test_a_form_of_one_field_does_not_speak_of_all_its_answers() -> None:
    """The voting code alone needs no sentence; with a CAPTCHA there are two answers."""
    assert "obligatoires" not in _page("vote", _election("2022"))
    assert "Les deux réponses sont obligatoires." in _page("vote, wrong captcha", _election("2022"))


_ONE = "Ne donnez votre mot de passe à personne : l’assistance ne vous le demandera jamais."
_SEVERAL = "Ne donnez à personne ni code de vote, ni mot de passe, ni réponse secrète : l’assistance ne vous les"
_ALONE = (Procedure.PASSWORD,)


@pytest.mark.parametrize(
    ("file", "procedures", "told", "written"),
    [
        ("2011", None, _ONE, "N’écrivez ni mot de passe, ni NUMEN : l’assistance ne vous les"),
        ("2018", None, _ONE, "N’écrivez ni mot de passe, ni NUMEN : l’assistance ne vous les"),
        ("2022", _ALONE, _ONE, "N’écrivez pas votre mot de passe : l’assistance ne vous le "),
        ("2022", None, _SEVERAL, "N’écrivez ni code de vote, ni mot de passe"),
    ],
)
def test_secrets_are_named_in_a_right_sentence(
    file: str, procedures: tuple[Procedure, ...] | None, told: str, written: str
) -> None:
    """One secret is « votre mot de passe… le », several are « ni…, ni… les »."""
    election = _election(file) if procedures is None else _election(file, procedures=procedures)
    assert told in _page("password asked", election)
    assert written in _page("support", election)
    assert written in _page("help", election)


def test_nothing_is_asked_for_in_a_right_sentence() -> None:
    """Where a password alone can be replaced, nothing follows the sentence."""
    assert "en votre nom : ni code de vote, ni mot de passe." in _page("own record, nothing", _election("2022"))
    alone = _page("own record, nothing", _election("2022", procedures=(Procedure.PASSWORD,)))
    assert "Rien n’a été demandé en votre nom.<" in alone


@pytest.mark.parametrize("sample", ["password asked", "without notice, asked", "objection made"])
def test_the_home_page_is_not_the_first_thing_to_do(sample: str) -> None:
    """Where a mailbox is to be read or support to be called, the way home is a lesser button."""
    page = _page(sample, _election("demo"))
    assert 'href="/">Revenir à l’accueil</a>' in page
    assert not _MAIN_BUTTON_HOME.search(page)


def test_the_voting_space_leads_back_to_the_portal() -> None:
    """Beside the button that signs out."""
    assert 'href="/portail">Revenir à mon portail</a>' in _page("voting space", _election("demo"))


def test_ordinals_are_written_as_dates_are() -> None:
    """« 1er », « 4e »: no letter stands above the line, as in « 1er décembre »."""
    secret, typed = "AAAABBBBCCCCDDDD", ("XAAABBBBCCCCDDDD", "AAAABBBBCCCCXDDD")
    first, fourth = (compare(secret, each, 4, case_counts=False).sentence for each in typed)
    assert (first, fourth) == ("Le 1er groupe ne correspond pas.", "Le 4e groupe ne correspond pas.")


def test_comparing_what_was_noted_is_said_to_be_optional() -> None:
    """The code ends with « J’ai noté mon code », with or without it."""
    assert "Tapez ce que vous avez noté (facultatif)" in _page("code", _election("2022"))

"""What pages call things: one title a page, sentences that are right with one thing as with several, and buttons that lead on."""

import re
from html import unescape
from pathlib import Path

import pytest

from activities.texts.catalogues import languages_of
from election.procedures import Procedure
from election.settings import Election, load
from tests.support.open_pages import open_pages, pages_at
from tests.support.sample_pages import PAGES
from tests.support.sample_values import form
from web.presenters.noted_copy import compare
from web.presenters.procedures.catalogue import CATALOGUE

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
_SEVERAL = "Ne donnez à personne votre code de vote, votre mot de passe ou votre réponse secrète : l’assistance ne vous les"
_ALONE = (Procedure.PASSWORD,)


@pytest.mark.parametrize(
    ("file", "procedures", "told", "written"),
    [
        ("2011", None, _ONE, "N’écrivez pas votre mot de passe ou votre NUMEN : l’assistance ne vous les"),
        ("2018", None, _ONE, "N’écrivez pas votre mot de passe ou votre NUMEN : l’assistance ne vous les"),
        ("2022", _ALONE, _ONE, "N’écrivez pas votre mot de passe : l’assistance ne vous le "),
        ("2022", None, _SEVERAL, "N’écrivez pas votre code de vote, votre mot de passe, votre réponse secrète"),
    ],
)
def test_secrets_are_named_in_a_right_sentence(
    file: str, procedures: tuple[Procedure, ...] | None, told: str, written: str
) -> None:
    """One secret is « votre mot de passe… le », several are « …les »."""
    election = _election(file) if procedures is None else _election(file, procedures=procedures)
    assert told in _page("password asked", election)
    assert written in _page("support", election)
    assert written in _page("help", election)


def test_secrets_are_listed_in_english_as_english_does() -> None:
    """With “or” before the last one."""
    election = _election("2022")
    with languages_of(election, "election", "activities", "web").speaking("en"):
        assert "Never give anyone your voting code, your password or your secret answer:" in _page(
            "password asked", election
        )
        assert "your NUMEN or your French social security number:" in _page("support", election)


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


@pytest.mark.parametrize("given", ["closed", "limit_reached", "waiting"])
def test_the_support_desk_can_be_pressed_in_a_sentence(given: str) -> None:
    """Its number and its address are links wherever a sentence names them; what else is in it stays text."""
    election = _election("demo")
    template, context = PAGES["choice, waiting"]
    told = {**context, "waiting": None, given: f"Non <b>. Joignez-la : {election.support.contact}."}
    page = (
        unescape(open_pages(election).text(template, **told))
        .partition("fr-alert--warning")[2]
        .partition("</p>")[0]
    )
    assert '<a href="tel:+33199001234">01\u00a099\u00a000\u00a012\u00a034</a> (' in page
    assert '<a href="mailto:assistance@elections.exemple.fr">' in page
    assert "&lt;b&gt;" in open_pages(election).text(template, **told)


def test_a_refusal_s_number_can_be_pressed() -> None:
    """Above a form, in a message of its own and in the calendar."""
    election = _election("demo")
    sentence = f"Joignez-la : {election.support.contact}."
    for template, context in (
        ("message.html", PAGES["message"][1] | {"paragraphs": [sentence]}),
        ("sign_in.html", PAGES["sign in, refused"][1] | {"form": form(general_error=sentence)}),
    ):
        main = open_pages(election).text(template, **context).partition("<main")[2].partition("help-card")[0]
        assert main.count('href="tel:+33199001234"') == 1, template


@pytest.mark.parametrize("procedure", Procedure)
def test_each_guide_begins_where_the_home_page_does(procedure: Procedure) -> None:
    """It names the entry of « J’ai perdu… » that leads to the procedure."""
    record = CATALOGUE[procedure]
    guide = open_pages(_election("demo")).text(record.guide_template, window_seconds=120)
    first = guide.partition("</li>")[0]
    assert "sous «\u00a0J’ai perdu…\u00a0», " in first
    assert f"«\u00a0{record.thing}\u00a0»" in first


@pytest.mark.parametrize(("seconds", "said"), [(120, "120\u00a0secondes"), (180, "3\u00a0minutes")])
def test_how_long_a_code_is_shown_reads_the_same_on_every_page(seconds: int, said: str) -> None:
    """Announced before a request and before the button, and counted down."""
    pages = open_pages(_election("demo"))
    window = {"window_seconds": seconds, "remaining": seconds}
    for sample in ("challenge", "link", f"guide, {Procedure.VOTING_CODE}", "code"):
        template, context = PAGES[sample]
        assert said in pages.text(template, **(context | window)), sample


def test_the_first_field_of_the_question_comes_before_what_will_happen() -> None:
    """A phone shows the question at once; how long answers are kept is told below the form."""
    page = _page("challenge", _election("2022"))
    assert page.index("</form>") < page.index("Ce qui va se passer") < page.index("15 minutes au plus")
    assert page.index('name="answer"') < page.index("Ce qui va se passer")


def test_a_forgotten_answer_leads_to_its_help_wherever_there_is_france_connect() -> None:
    """The choice of proofs says nothing of it."""
    election = _election("2022")
    for has_provider in (True, False):
        pages = pages_at(election, election.calendar.vote.opens, has_provider=has_provider)
        template, context = PAGES["challenge"]
        assert '<a class="fr-link" href="/aide/situations/reponse-secrete">Réponse oubliée' in pages.text(
            template, **context
        )


def test_a_numen_is_explained_where_it_is_asked() -> None:
    """The field of the question says who knows it."""
    assert "le secrétariat de votre établissement le connaît" in _page("challenge", _election("2022"))


def test_a_link_used_elsewhere_first_says_where_the_code_is() -> None:
    """To vote is the lesser button then; after the window it is the main one."""
    while_shown, afterwards = (
        _page(sample, _election("2022")) for sample in ("link used, code elsewhere", "link used")
    )
    assert while_shown.index("Rouvrez le lien dans l’autre navigateur.") < while_shown.index("Aller voter")
    assert "fr-btn--secondary" in _button(while_shown, "Aller voter")
    assert "fr-btn--secondary" not in _button(afterwards, "Aller voter")


def _button(page: str, label: str) -> str:
    found = re.search(rf'<a class="([^"]*)"\s+href="[^"]*">{label}</a>', page)
    assert found
    return found[1]


_TECHNICAL = re.compile(r"\bpreuves?\b|relais de messagerie|\bempreinte|\billisible|\brégénéré\b", re.IGNORECASE)
_DEFINES_THEM = {"personal data", "own record", "own record, nothing"}


def test_no_page_speaks_of_what_only_builders_know() -> None:
    """The words of the trade are on the page of personal data alone, which explains them."""
    election = _election("demo")
    for sample in PAGES.keys() - _DEFINES_THEM:
        page = _page(sample, election).partition("<main")[2].partition("</main>")[0]
        assert _TECHNICAL.findall(re.sub(r"<[^>]*>", " ", page)) == [], sample

import re
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from election.procedures import Procedure
from election.settings import load
from tests.support.open_pages import open_pages, pages_at
from tests.support.sample_pages import PAGES, status
from tests.support.sample_values import CODE
from web.context.pages import Pages
from web.presenters.procedures.catalogue import CATALOGUE

_ROOT = Path(__file__).parents[3]
_WEB = _ROOT / "web"
_MOUNTS = {"/static/dsfr/": files("dsfr") / "static" / "dsfr" / "dist", "/static/app/": _WEB / "static"}

Tag = tuple[str, dict[str, str]]

_BEHIND_A_LINK = (
    "link",
    "code",
    "code over",
    "identifier and password, identity",
    "identifier and password, address",
    "identifier and password, check",
    "identifier and password, password",
    "identifier and password, over",
    "objection",
    "objection made",
)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def _pages(theme: str = "dsfr", *, demo: bool = True) -> Pages:
    return open_pages(load(_ROOT / "election" / "2022.toml"), theme, demo=demo)


@cache
def _render(sample: str, theme: str = "dsfr") -> str:
    template, context = PAGES[sample]
    return _pages(theme).text(template, **context)


def _tags(markup: str, *wanted: str) -> list[Tag]:
    return [(tag, attributes) for tag, attributes in _all_tags(markup) if not wanted or tag in wanted]


@cache
def _all_tags(markup: str) -> list[Tag]:
    reader = _Tags()
    reader.feed(markup)
    return reader.tags


def test_every_template_is_rendered_here() -> None:
    """A new page needs sample values, or these tests would not cover it."""
    templates = (_WEB / "templates").glob("*.html")
    pages = {path.name for path in templates if "{% extends" in path.read_text(encoding="utf-8")}
    assert pages == {template for template, _ in PAGES.values()}


def test_a_page_has_one_h1_and_skips_no_heading_level() -> None:
    """As the list of headings in a screen reader needs it."""
    for sample in PAGES:
        levels = [int(tag[1]) for tag, _ in _tags(_render(sample), "h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1, sample
        after_first = levels[levels.index(1) :]
        assert all(below - above <= 1 for above, below in pairwise(after_first)), sample


def test_a_page_says_its_language_and_its_own_title() -> None:
    """Every page is in French, with a title of its own before the election's name."""
    for sample in PAGES:
        markup = _render(sample)
        assert _tags(markup, "html")[0][1]["lang"] == "fr", sample
        assert re.search(r"<title>\s*\S.* — Élections professionnelles 2022\s*</title>", markup), sample


def test_no_script_or_style_is_inline() -> None:
    """The content security policy allows only our own files: no inline script, style or handler."""
    for sample in PAGES:
        for tag, attributes in _tags(_render(sample)):
            assert tag != "script" or "src" in attributes, sample
            assert tag != "style", sample
            assert "style" not in attributes, sample
            assert not [name for name in attributes if name.startswith("on")], sample


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
def test_every_file_that_a_page_asks_for_exists(theme: str) -> None:
    """No style sheet, script or picture is missing; the neutral theme uses no file of the State's design system."""
    for sample in PAGES:
        values = [value for _, attributes in _tags(_render(sample, theme)) for value in attributes.values()]
        asked = {value for value in values if value.startswith("/static/")}
        assert [address for address in asked if not _is_served(address)] == [], sample
        assert any(address.startswith("/static/dsfr/") for address in asked) == (theme == "dsfr"), sample


@cache
def _is_served(address: str) -> bool:
    mount = next(mount for mount in _MOUNTS if address.startswith(mount))
    return (_MOUNTS[mount] / address.removeprefix(mount)).is_file()


@pytest.mark.parametrize("sample", PAGES)
def test_every_field_has_a_label_and_points_at_what_exists(sample: str) -> None:
    """Each visible field has its label; each id is unique, and each reference to an id has its target."""
    tags = _tags(_render(sample))
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    labelled = {attributes["for"] for tag, attributes in tags if tag == "label"}
    fields = {
        each.get("id")
        for tag, each in tags
        if tag in {"input", "textarea", "select"} and each.get("type") != "hidden"
    }
    referring = ("aria-describedby", "aria-labelledby", "aria-controls")
    referred = {name for _, each in tags for key in referring for name in each.get(key, "").split()}
    inside = {each["href"][1:] for tag, each in tags if tag == "a" and each["href"].startswith("#")}
    assert fields == labelled
    assert len(ids) == len(set(ids))
    assert referred | inside <= set(ids)


def test_every_form_that_posts_carries_the_token_against_forgery() -> None:
    """Every form is a POST, and has the hidden field."""
    forms = [(sample, form) for sample in PAGES for form in re.findall(r"(?s)<form\b.*?</form>", _render(sample))]
    assert forms
    for sample, form in forms:
        assert 'method="post"' in form, sample
        assert 'name="csrf" value="jeton-42"' in form, sample


def test_a_form_of_several_answers_says_which_are_required() -> None:
    """RGAA 11.10: in words, on the page of the form."""
    for sample in PAGES:
        main = _render(sample).split("<main", 1)[1].split("</main", 1)[0]
        fields = [each for _, each in _tags(main, "input", "textarea", "select") if each.get("type") != "hidden"]
        if (
            any("required" in each for each in fields)
            and len({each.get("name", "") for each in fields} - {""}) > 1
        ):
            assert "obligatoire" in main, sample


@pytest.mark.parametrize("sample", ["sign in", "vote, wrong captcha"])
def test_the_enter_key_sends_the_form(sample: str) -> None:
    """The first button of a form is not the one that asks for another CAPTCHA."""
    main = _render(sample).split("<main", 1)[1]
    first, *_, last = [attributes for _, attributes in _tags(main, "button")]
    assert "name" not in first
    assert "name" not in last
    assert 'name="action"' in main


def test_a_refused_form_says_so_first() -> None:
    """The title says « Erreur », the summary leads to each field, and the field repeats its sentence."""
    markup = _render("sign in, refused")
    assert re.search(r"<title>\s*Erreur\u00a0: ", markup)
    assert markup.index('role="alert"') < markup.index("<h1")
    assert '<a href="#f-identifier">L’adresse n’est pas complète.</a>' in markup
    field = next(each for _, each in _tags(markup, "input") if each.get("id") == "f-identifier")
    assert field["aria-invalid"] == "true"
    assert "f-identifier-error" in field["aria-describedby"].split()
    assert field["value"] == "x@y"


def test_a_form_without_errors_has_no_alert() -> None:
    """Nothing is announced as an error on a first visit."""
    assert 'role="alert"' not in _render("sign in")


def test_each_later_page_of_a_request_says_how_long_it_is_kept() -> None:
    """WCAG 2.2.1: a limit of time is told before it is over."""
    for sample in (
        "challenge",
        "destination",
        "verification",
        "verification, by identity",
        "identifier",
        "identifier, check",
    ):
        assert re.search("15\u00a0minutes au plus", _render(sample)), sample


def test_the_voting_code_is_one_word() -> None:
    """Copied from the page, it has no spaces, although it is shown in groups."""
    element = re.search(r'<span id="voting-code"[^>]*>(.*?)</span>\s*</p>', _render("code"), flags=re.DOTALL)
    assert element
    assert re.sub(r"<[^>]+>", "", element[1]) == CODE
    assert element[1].count("code-group") == 4


@pytest.mark.parametrize("sample", _BEHIND_A_LINK)
def test_a_page_behind_a_link_is_not_indexed(sample: str) -> None:
    """Search engines skip these pages."""
    named = {attributes.get("name"): attributes.get("content") for _, attributes in _tags(_render(sample), "meta")}
    assert "noindex" in str(named["robots"])


def test_no_page_reloads_or_leaves_by_itself() -> None:
    """RGAA 13.1: no refresh that the voter did not ask for, but of a secret at its end, where no script removes it.

    What the header of a response may do, `assert_valid_response` checks.
    """
    for sample in PAGES:
        markup = _render(sample)
        without_scripts = re.sub(r"(?s)<noscript>.*?</noscript>", "", markup)
        assert not re.search(r"<meta[^>]*http-equiv", without_scripts), sample
        refreshes = [each["content"] for _, each in _tags(markup, "meta") if "http-equiv" in each]
        shown = re.search(r'data-remaining="(\d+)"', markup)
        assert refreshes == ([f"{shown[1]}; url=/lien/x"] if shown else []), sample


def test_what_a_voter_wrote_is_shown_as_text() -> None:
    """Markup in a challenge question is escaped."""
    assert "&lt;b&gt;à vous&lt;/b&gt;" in _render("challenge")


@pytest.mark.parametrize("sample", ["home", "portal"])
def test_the_browser_adds_its_own_time_to_every_date_of_the_calendar(sample: str) -> None:
    """Overseas the vote may close on the next day: each line has both instants, and the page the script."""
    markup = _render(sample)
    own = [each for _, each in _tags(markup, "span") if "data-local-until" in each]
    assert len(own) == markup.count('calendar__event"')
    for each in own:
        assert datetime.fromisoformat(each["data-local-time"]) < datetime.fromisoformat(each["data-local-until"])
    assert "/static/app/local-time.js" in markup


def test_the_status_fragment_can_be_rendered_alone() -> None:
    """Events send it: it needs the status and the hidden field, and nothing else."""
    given = status("Expired", final=True, can_resend=True)
    part = _pages().text("follow_status.html", status=given, is_stalled=False, see_again=None, csrf="jeton-42")
    assert "data-final" in part
    assert 'action="/reassort/suivi/renvoyer"' in part
    assert "<html" not in part


def test_the_help_page_leads_to_the_guide_of_every_recovery_on_offer() -> None:
    """To those of the procedures that the election offers, and no other."""
    election = load(_ROOT / "election" / "2022.toml")
    for offered in ((Procedure.VOTING_CODE,), tuple(Procedure)):
        pages = open_pages(election.model_copy(update={"procedures": offered}))
        _, context = PAGES["help"]
        urls = {each.get("href") for _, each in _tags(pages.text("help.html", **context), "a")}
        guided = {procedure for procedure, record in CATALOGUE.items() if record.guide_url in urls}
        assert guided == set(offered)


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_that_it_is_one(demo: bool) -> None:
    """The badge stands beside the service's name in a demonstration, and nowhere else."""
    header = _pages(demo=demo).text("voting_code_over.html", elector_name=None, csrf="").split("</header>")[0]
    assert ("Démonstration" in header) == demo


@pytest.mark.parametrize("demo", [True, False])
def test_templates_reload_in_a_demonstration_alone(demo: bool) -> None:
    """A developer sees a changed template at once; in production no page looks at the dates of its files."""
    assert _pages(demo=demo)._templates.auto_reload == demo


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (timedelta(hours=-1), "Le vote ouvrira le jeudi 1er décembre 2022 à 8\u00a0h (heure de Paris)"),
        (timedelta(days=8), "Le vote est clos depuis le jeudi 8 décembre 2022 à 17\u00a0h (heure de Paris)"),
    ],
)
def test_outside_the_vote_the_portal_s_button_says_when(after: timedelta, told: str) -> None:
    """It is there, leads nowhere, and is described by the dates; during the vote it leads to the vote."""
    election = load(_ROOT / "election" / "2022.toml")
    instant = election.calendar.vote.opens + after
    template, context = PAGES["portal, vote over"]
    page = pages_at(election, instant, "dsfr").text(template, **context)
    (button,) = [given for _, given in _tags(page, "a") if given.get("aria-disabled") == "true"]
    assert "href" not in button
    assert (button["role"], button["tabindex"], button["aria-describedby"]) == ("link", "0", "dates-du-vote")
    assert f'<p id="dates-du-vote">{told}' in page
    assert "Consulter les scrutins, les candidatures et voter" in page
    assert 'href="/vote"' not in page
    assert not [given for _, given in _tags(_render("portal"), "a") if given.get("aria-disabled")]
    assert 'href="/vote"' in _render("portal")

"""Every text that voters read is marked for translation, and has its English; see « How to write a text » in CONTRIBUTING."""

import re
import subprocess
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from activities.gateways.sms import gsm
from activities.texts.catalogues import languages_of, texts_of, wrong_placeholders
from election.settings import load
from election.text.translation import TRANSLATED, gettext
from tests.support import catalogues
from tests.support.catalogues import DOMAINS, ROOT, Domain
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES
from tests.support.spoken import WRAPPED
from tests.support.untranslated import in_python, in_template, on_page

_TEMPLATES = ("web/templates/", "activities/texts/")
_ROOMS = ("election/", "activities/texts/", "activities/sending/", "web/")
_ALL = pytest.mark.parametrize(
    ("domain", "language"),
    [(domain, language) for domain in DOMAINS for language in TRANSLATED],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
_TAG = re.compile(r"</?\w[^>]*>")
# French in the code that is no text for voters, with the reason.
_NOT_FOR_VOTERS = {
    "activities/sending/bureau_desk.py": "the bureau reads French",
    "activities/sending/contacts.py": "what people write before a number",
    "activities/sending/support_desk.py": "the support desk reads French",
    "activities/texts/dates.py": "the French forms of dates, beside the English ones",
    "activities/texts/bureau_act/body.html": "the bureau reads French",
    "activities/texts/bureau_act/body.txt": "the bureau reads French",
    "activities/texts/support_request/body.html": "the support desk reads French",
    "activities/texts/support_request/body.txt": "the support desk reads French",
    "activities/texts/support_request/subject.txt": "the support desk reads French",
    **dict.fromkeys(
        [
            "election/causes.py",
            "election/faults/cause.py",
            "election/faults/http.py",
            "election/faults/mail.py",
            "election/faults/portal.py",
            "election/faults/providers.py",
            "election/faults/smpp.py",
        ],
        "operators read French",
    ),
    "election/proofs/departments.py": "names are the same in every language",
    "election/proofs/secret_answer.py": "letters that are compared",
    "election/rules/legal.py": "the addresses of French authorities",
    "election/rules/security.py": "the names of sources",
    "election/rules/sms.py": "codes of countries",
    "election/settings.py": "the error of a file quotes an example",
    "web/clients/sign_in_code.py": "operators read French",
    "web/clients/support.py": "operators read French",
    "web/forms/redaction.py": "what people write in their messages",
}


_catalogue = cache(catalogues.read)


def _messages(domain: Domain, language: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found = _catalogue(domain, language)
    return [(texts_of(message.id), texts_of(message.string)) for message in found if message.id]


@_ALL
def test_every_text_is_in_its_catalogue_and_no_other(domain: Domain, language: str) -> None:
    """In order, none obsolete: the file is what `make translations` would write."""
    written = domain.path(language).read_bytes().decode()
    assert written == catalogues.updated(domain, language).decode(), "run `make translations`"


@_ALL
def test_every_text_is_translated(domain: Domain, language: str) -> None:
    """None is empty, none fuzzy."""
    assert [ids[0] for ids, strings in _messages(domain, language) if not all(strings)] == []
    assert [message.id for message in _catalogue(domain, language) if message.id and message.fuzzy] == []


@_ALL
def test_a_translation_has_the_values_and_the_markup_of_the_french(domain: Domain, language: str) -> None:
    """A value that is missing would be left out of a page, and one in excess would break it."""
    assert wrong_placeholders(_catalogue(domain, language)) == []
    for ids, strings in _messages(domain, language):
        assert all(sorted(_TAG.findall(text)) == sorted(_TAG.findall(ids[0])) for text in strings), ids[0]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_is_translated_in_one_way(language: str) -> None:
    """Also when several catalogues have it."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for domain in DOMAINS:
        for ids, strings in _messages(domain, language):
            found.setdefault(ids, set()).add(strings)
    assert {ids[0]: strings for ids, strings in found.items() if len(strings) > 1} == {}


@_ALL
def test_a_text_is_written_in_one_way(domain: Domain, language: str) -> None:
    """No two differ by their spaces alone, as an ordinary one and a non-breaking one in the two forms of a mail."""
    texts = [ids[0] for ids, _strings in _messages(domain, language)]
    assert len({" ".join(text.split()) for text in texts}) == len(texts)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda each: each.name)
def test_one_thing_has_one_name_in_english(domain: Domain) -> None:
    """That of docs/wording.md, « In English »."""
    others = re.compile(
        r"text messages?|displayed|phone network|challenge question|e-mail|user ?name|\blog ?in\b|work address"
        r"|(?<!voting )(?<!legal )notices?\b",
        re.IGNORECASE,
    )
    assert [text for _ids, strings in _messages(domain, "en") for text in strings if others.search(text)] == []


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda each: each.name)
def test_english_follows_english_typography(domain: Domain) -> None:
    """Curly quotes, no space before a colon or a question mark; in an SMS what GSM 03.38 has."""
    faults = re.compile(r"[«»]|[ \u00a0\u202f][:;!?](?!\w)|\.\.\.|  |['\"](?![^<]*>)")
    for ids, strings in _messages(domain, "en"):
        is_sms = gsm.is_gsm(ids[0]) and "'" in ids[0]
        assert is_sms or not [text for text in strings if faults.search(text)], ids[0]


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return [line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def _unmarked() -> dict[str, list[str]]:
    """Return the texts that are not marked, by file."""
    found = {}
    for name in _tracked():
        path = Path(name)
        if name.startswith(_TEMPLATES) and path.suffix in {".html", ".txt"}:
            found[name] = in_template(path.name, (ROOT / name).read_text(encoding="utf-8"))
        elif name.startswith(_ROOMS) and path.suffix == ".py":
            found[name] = in_python((ROOT / name).read_text(encoding="utf-8"))
    return {name: texts for name, texts in found.items() if texts}


def test_every_text_for_voters_is_marked() -> None:
    """In templates by `{% trans %}` or `_()`, in Python by `_()`, `ngettext()` or `N_()`."""
    unmarked = _unmarked()
    assert {name: texts for name, texts in unmarked.items() if name not in _NOT_FOR_VOTERS} == {}
    assert set(unmarked) >= set(_NOT_FOR_VOTERS)


def _values(given: object) -> set[str]:
    if isinstance(given, str):
        return {given, unescape(given)}
    if isinstance(given, dict):
        return set().union(*map(_values, given.values()))
    if isinstance(given, list | tuple):
        return set().union(*map(_values, given))
    return _values(vars(given)) if hasattr(given, "__dict__") else {str(given)}


def test_a_page_says_nothing_that_is_not_translated() -> None:
    """With a language that writes ⟦each text⟧, all that stands outside is a value."""
    election = load(ROOT / "election" / "demo.toml")
    pages = open_pages(election, demo=True)
    known = {election.support.email, election.support.shown_telephone}
    known |= {election.legal.publisher.address, election.legal.host.address}
    with WRAPPED.speaking("en"):
        read = {sample: pages.text(template, **given) for sample, (template, given) in PAGES.items()}
    untranslated = {sample: on_page(read[sample], known | _values(given)) for sample, (_, given) in PAGES.items()}
    assert {sample: texts for sample, texts in untranslated.items() if texts} == {}


def test_what_is_not_marked_is_found() -> None:
    """In each place of a template, of a page and of a module; marked texts and values are not."""
    page = (
        '<p>Oui</p>{% trans %}non{% endtrans %}<p title="Aide">{{ f("Une phrase") }}{{ _("marquée") }}{{ x }}</p>'
        "<script>let a</script>{{ ngettext('un', 'deux mots', n) }}{# ni ceci #}"
    )
    assert in_template("page.html", page) == ["Une phrase", "Oui", "Aide"]
    assert in_template("body.txt", '{{ _("Oui") }}\nNon : {{ x }}\n') == ["Non : …"]
    module = '"""Doc de la page."""\na = _("Le code")\nb = "Le code est prêt"\nc = f"Il reste {a} à voir"\nd = "en-US"\ne = "Les codes"'
    module += "\ng = f\"{_('Le code est là')}\""
    assert in_python(module) == ["Le code est prêt", "Il reste {…} à voir", "Les codes", "Le code est là"]
    assert on_page("<p>⟦Oui <b>⟦non⟧</b> là⟧ 12 Ana</p><p>Reste</p>", {"Ana"}) == ["Reste"]
    assert on_page('<p translate="no">un <p>deux</p> trois</p><p>Reste</p>', set()) == ["Reste"]


def test_every_language_is_read_at_start() -> None:
    """From the packages' files, with French behind them."""
    languages = languages_of(load(ROOT / "election" / "demo.toml"), "election", "activities", "web")
    with languages.speaking("en"):
        assert (gettext("Accueil"), gettext("un jour"), gettext("Rien de tel")) == (
            "Home",
            "one day",
            "Rien de tel",
        )

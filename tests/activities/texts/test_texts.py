"""The messages to voters: their values, their length, their markup and their typography."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, UndefinedError, meta

from activities.gateways.sms import gsm
from activities.texts.catalogues import languages_of
from activities.texts.dates import written_instant
from activities.texts.messages import Spoken, Texts
from activities.texts.translated_templates import translate
from election.rules.support import SupportContact
from election.settings import load
from election.text.translation import SOURCE, TRANSLATED, Languages, language
from tests.support.spoken import WRAPPED
from tests.support.typography import faults
from tests.support.untranslated import on_page

_ROOT = Path(__file__).parents[3]
_TEXTS = _ROOT / "activities" / "texts"
_TEMPLATES = sorted(path for path in _TEXTS.rglob("*") if path.suffix in {".txt", ".html"})

# As long as a link of 75 characters leaves room for: 32 of them are `/lien/` and the token.
_PORTAL = "https://".ljust(43, "W")
_LINK = f"{_PORTAL}/lien/".ljust(75, "W")
_OBJECTION = f"{_PORTAL}/opposition/".ljust(81, "W")
_WHEN = written_instant(datetime(2026, 9, 30, 10, 59, tzinfo=UTC), ZoneInfo("America/St_Barthelemy"))
_NAMES = {
    "election_name": "Élections professionnelles du ministère de l’Éducation nationale & de la Recherche 2026",
    "organiser": "Ministère de l’Éducation nationale, de l’Enseignement supérieur & de la Recherche",
}
_SUPPORT = SupportContact(
    email="assistance-elections-professionnelles@education.gouv.fr",
    telephone="+33 1 99 00 12 34",
    hours="tous les jours, de 8 h à 20 h, heure de Paris",
)
_SENDER = "W" * 11
_CONSTANTS = {
    *_NAMES,
    "support",
    "sms_sender",
    "portal",
    "portal_host",
    "display_seconds",
    "password_seconds",
    "code_wait",
    "others",
    "sheets",
    "subject",
}
_VALUES: dict[str, dict[str, str | int]] = {
    "bureau_act": {
        "deed": "Relance en nombre par une autre passerelle",
        "operator": "Dominique Exemple",
        "number": "10\u202f000",
        "at": _WHEN,
        "reason": "opérateur rétabli",
        "details": "à retirer\u00a0: 12, lignes refusées\u00a0: 0. Fichier déposé par Vera Exemple (v.exemple), SHA-256 9f86d081",
    },
    "identifier_and_password_identifier": {"identifier": "ACDE3479ACDE"},
    "identifier_and_password_link": {"link": _LINK, "expires_at": _WHEN},
    "identifier_and_password_reissued": {"at": _WHEN, "objection": _OBJECTION},
    "password_link": {"link": _LINK, "expires_at": _WHEN},
    "password_reissued": {"at": _WHEN, "objection": _OBJECTION},
    "support_request": {
        "reference": "K7M4Q-X4P9R",
        "recovery": "3F2A-91BC-07D4",
        "message": "Le lien reste muet.",
    },
    "identifier_requested": {"at": _WHEN, "objection": _OBJECTION, "channel": "SMS"},
    "voting_code_requested": {
        "at": _WHEN,
        "objection": _OBJECTION,
        "channel": "courriel, à une adresse personnelle",
    },
    "wrong_proofs": {"at": _WHEN, "objection": _OBJECTION, "thing": "un nouveau code de vote"},
    "identifier_reissued": {"at": _WHEN, "objection": _OBJECTION, "channel": "SMS"},
    "identifier_sms": {"identifier": "W" * 32},
    "sign_in_code": {"code": "012345", "lifetime": "10\u00a0minutes"},
    "voting_code_link": {"link": _LINK, "expires_at": _WHEN},
    "voting_code_link_sms": {"link": _LINK, "minutes": 10},
    "voting_code_reissued": {
        "at": _WHEN,
        "objection": _OBJECTION,
        "channel": "courriel, à une adresse personnelle",
    },
}
_SMS = [folder for folder in sorted(_VALUES) if folder.endswith("_sms")]
_NOTICES = [folder for folder in sorted(_VALUES) if "objection" in _VALUES[folder]]
_MAILS = [folder for folder in sorted(_VALUES) if not folder.endswith("_sms")]


@pytest.fixture
def texts() -> Texts:
    """The messages of an election with long names."""
    return _texts(display_seconds=120)


@cache  # Jinja compiles the templates of each again
def _texts(display_seconds: int, code_wait: timedelta = timedelta(0), languages: Languages | None = None) -> Texts:
    return Texts(
        election_name=_NAMES["election_name"],
        organiser=_NAMES["organiser"],
        support=_SUPPORT,
        sms_sender=_SENDER,
        portal=f"{_PORTAL}/",
        languages=languages or languages_of(load(_ROOT / "election" / "demo.toml"), "election", "activities"),
        display_seconds=display_seconds,
        code_wait=code_wait,
    )


def _addresses(body: str) -> set[str]:
    return set(re.findall(r"https?://[^\s<\"]+", body))


def _sheet(html: str) -> str:
    """Return what a mail in one language says, from its greeting on."""
    return html[html.index("<p>", html.index("<h1")) : html.rindex("</div>")]


def test_every_message_has_sample_values_and_its_parts() -> None:
    """Each folder has values in `_VALUES`, and either an SMS or the three parts of a mail."""
    found = {
        folder.name: {path.name for path in folder.iterdir()} for folder in _TEXTS.iterdir() if folder.is_dir()
    }
    found.pop("__pycache__", None)
    mail = {"subject.txt", "body.txt", "body.html"}
    assert found == {folder: {"sms.txt"} if folder in _SMS else mail for folder in _VALUES}


def test_a_template_uses_only_its_own_values() -> None:
    """No template receives a contact, a code or a person's name."""
    environment = Environment(autoescape=True)
    translate(environment)
    for path in _TEMPLATES:
        used = meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))
        own = {"objection"} if path.stem == "not_me" else set(_VALUES.get(path.parent.name, ()))
        assert used - _CONSTANTS - {"self", "_", "gettext", "ngettext", "language", "has_room"} <= own, path


@pytest.mark.parametrize("language", [SOURCE, *TRANSLATED])
@pytest.mark.parametrize("folder", _SMS)
def test_an_sms_fits_one_segment(texts: Texts, folder: str, language: str) -> None:
    """With the longest values of each an SMS has only GSM characters, and 160 septets at most."""
    with texts.speaking(language):
        text = texts.sms(folder, **_VALUES[folder])
    assert gsm.is_gsm(text)
    assert len(gsm.encode(text, 1).segments) == 1
    assert (_VALUES[folder].get("link") or _VALUES[folder]["identifier"]) in text.splitlines()
    assert "  " not in text


def test_the_link_s_sms_has_its_purpose_and_lifetime(texts: Texts) -> None:
    """It names the voting code, single use and ten minutes."""
    text = texts.sms("voting_code_link_sms", link=_LINK, minutes=10)
    assert all(words in text for words in ("Code de vote", "usage unique", "10 min"))


@pytest.mark.parametrize(("language", "advice"), [(SOURCE, "Prenez de quoi écrire."), ("en", "Have a pen ready.")])
def test_the_link_s_sms_says_to_have_a_pen_where_one_segment_has_room(
    texts: Texts, language: str, advice: str
) -> None:
    """A link of usual length leaves room; the longest does not, and the rest of the text is the same."""
    with texts.speaking(language):
        short, longest = (
            texts.sms("voting_code_link_sms", link=link, minutes=10).splitlines() for link in (_LINK[:52], _LINK)
        )
    assert short[2] == advice
    assert len(gsm.encode("\n".join(short), 1).segments) == 1
    assert [*short[:2], _LINK, *short[4:]] == longest


@pytest.mark.parametrize("folder", _MAILS)
def test_a_mail_has_a_subject_of_one_line_and_two_equal_bodies(texts: Texts, folder: str) -> None:
    """The plain text has no markup, and both bodies have every value and the support address."""
    mail = texts.mail(folder, **_VALUES[folder])
    assert len(mail.subject.splitlines()) == 1
    assert not re.search(r"</?[a-z]+[ >]|&[a-z]+;", mail.text)
    assert "\n\n\n" not in mail.text
    for value in [*_VALUES[folder].values(), _SUPPORT.email]:
        assert str(value) in mail.text
        assert str(value) in mail.html


@pytest.mark.parametrize("folder", _MAILS)
def test_every_mail_says_who_writes_where_to_vote_and_how_to_reach_support(texts: Texts, folder: str) -> None:
    """Both bodies have the organiser, the portal's address, and the support desk's address, number and hours."""
    mail = texts.mail(folder, **_VALUES[folder])
    number = "+33\u00a01\u00a099\u00a000\u00a012\u00a034"
    for body in (mail.text, unescape(mail.html)):
        for words in (_NAMES["organiser"], _PORTAL, _SUPPORT.email, number, _SUPPORT.shown_hours):
            assert words in body, words
    assert mail.html.count(f'href="{_PORTAL}"') == 1


@pytest.mark.parametrize("folder", _SMS)
def test_every_sms_says_who_writes_where_to_vote_and_how_to_reach_support(texts: Texts, folder: str) -> None:
    """The organiser as the sender that the phone shows, the portal's host, and the number that can be called."""
    lines = texts.sms(folder, **_VALUES[folder]).splitlines()
    assert lines[0] == _SENDER
    assert any(_PORTAL.removeprefix("https://") in line for line in lines)
    assert lines[-1] == f"Assistance : {_SUPPORT.telephone}"


@pytest.mark.parametrize("folder", _MAILS)
def test_an_address_in_a_plain_text_ends_at_a_space_or_a_line(texts: Texts, folder: str) -> None:
    """Mail programs take a full stop after an address for a part of it."""
    text = texts.mail(folder, **_VALUES[folder]).text
    assert not [found for found in re.findall(r"https://\S+", text) if not found[-1].isalnum()]


@pytest.mark.parametrize("folder", _MAILS)
def test_only_html_is_escaped(texts: Texts, folder: str) -> None:
    """An ampersand in the election's name is unchanged in plain text, and an entity in HTML."""
    mail = texts.mail(folder, **_VALUES[folder])
    assert _NAMES["election_name"] in mail.subject
    assert _NAMES["election_name"] in mail.text
    assert _NAMES["election_name"] not in mail.html
    assert _NAMES["election_name"].replace("&", "&amp;") in mail.html


@pytest.mark.parametrize("folder", _MAILS)
def test_an_html_mail_has_its_language_and_loads_nothing(texts: Texts, folder: str) -> None:
    """It has a `lang` for screen readers, and loads no image or style sheet, which would reveal that it was read."""
    html = texts.mail(folder, **_VALUES[folder]).html
    assert '<html lang="fr">' in html
    with texts.speaking("en"):
        assert '<html lang="en">' in texts.mail(folder, **_VALUES[folder]).html
    assert not re.search(r"<(img|link|script|iframe)\b|url\(|@import|src=", html)


@pytest.mark.parametrize(
    "folder", [folder for folder in sorted(_VALUES) if folder not in {"bureau_act", "support_request"}]
)
def test_a_message_says_nothing_that_is_not_translated(folder: str) -> None:
    """With a language that writes ⟦each text⟧, all that stands outside is a value."""
    texts, values = _texts(120, timedelta(days=1), WRAPPED), _VALUES[folder]
    with texts.speaking("en"):
        mail = None if folder in _SMS else texts.mail(folder, **values)
        read = [mail.subject, mail.text] if mail else [texts.sms(folder, **values)]
    sent = {*map(str, values.values()), *_addresses(" ".join(read)), _PORTAL, _PORTAL.removeprefix("https://")}
    known = {_SUPPORT.email, _SUPPORT.shown_telephone, _SENDER, *sent}
    paragraphs = [f"<p>{line}</p>" for text in read for line in text.splitlines()]
    assert on_page("".join([*paragraphs, mail.html if mail else ""]), known) == []


@pytest.mark.parametrize("folder", [*_NOTICES, "sign_in_code", "password_link", "identifier_and_password_link"])
def test_a_warning_is_in_french_and_below_in_the_language_requested(texts: Texts, folder: str) -> None:
    """Whoever asked chose the language; the owner of the mailbox may read only French."""
    values = {**_VALUES[folder], "at": Spoken(lambda: f"2026 ({language()})")}
    mail, french = texts.warning(folder, "en", **values), texts.warning(folder, SOURCE, **values)
    with texts.speaking("en"):
        english = texts.mail(folder, **values)
    pointer = "This message is also in English, further down."
    assert mail.subject == french.subject
    assert mail.text.replace(f"{pointer}\n\n", "") == f"{french.text}\n{'-' * 40}\n\n{english.text}"
    assert f'<p lang="en">{pointer}</p>' in mail.html
    assert [mail.html.count(_sheet(each.html)) for each in (french, english)] == [1, 1]
    assert re.findall(r'<(?:html|div) lang="(\w+)"', mail.html) == ["fr", "fr", "en"]
    assert french == texts.mail(folder, **values) == texts.warning(folder, "tlh", **values)


def test_the_link_is_a_button_and_readable_text(texts: Texts) -> None:
    """A voter whose mail client shows no button can copy the address."""
    html = texts.mail("voting_code_link", **_VALUES["voting_code_link"]).html
    assert html.count(f'href="{_LINK}"') == 2
    assert f">{_LINK}</a>" in html


@pytest.mark.parametrize(("seconds", "said"), [(90, "90\u00a0secondes"), (180, "3\u00a0minutes")])
def test_the_mail_announces_the_election_s_own_display_window(seconds: int, said: str) -> None:
    """In the words of the page that counts it down."""
    mail = _texts(display_seconds=seconds).mail("voting_code_link", **_VALUES["voting_code_link"])
    for body in (mail.text, mail.html):
        assert said in body
        assert "120" not in body


def test_the_notice_of_a_reissue_contains_no_secret_and_no_contact(texts: Texts) -> None:
    """The only addresses in it are the portal's pages and the support desk's."""
    mail = texts.mail("voting_code_reissued", **_VALUES["voting_code_reissued"])
    for body in (mail.subject, mail.text, mail.html):
        assert _addresses(body) <= {_PORTAL, f"{_PORTAL}/vote", f"{_PORTAL}/reassort/code-de-vote", _OBJECTION}
        assert set(re.findall(r"[\w.-]+@[\w.-]+", body)) <= {_SUPPORT.email}
        assert not re.search("NUMEN|réponse secrète|sécurité sociale|mot de passe|téléphone", body, re.IGNORECASE)


@pytest.mark.parametrize("folder", sorted(_VALUES))
@pytest.mark.parametrize("missing", ["first", "last"])
def test_a_missing_value_raises(texts: Texts, folder: str, missing: str) -> None:
    """A message is not rendered without one of its values."""
    names = sorted(_VALUES[folder])
    values = {name: _VALUES[folder][name] for name in (names[1:] if missing == "first" else names[:-1])}
    with pytest.raises(UndefinedError):
        texts.sms(folder, **values) if folder in _SMS else texts.mail(folder, **values)


@pytest.mark.parametrize("folder", _MAILS)
def test_a_rendered_mail_follows_french_typography(texts: Texts, folder: str) -> None:
    """Sentences with their values, for example dates, pass the checks."""
    mail = texts.mail(folder, **_VALUES[folder])
    lines = [mail.subject, *mail.text.splitlines()]
    assert [fault for line in lines for fault in faults(line)] == []


def test_every_notice_to_the_work_mailbox_says_what_to_press_if_it_was_somebody_else(texts: Texts) -> None:
    """Each mail of what was asked or issued: the link, what its button is called and does, and that the vote goes on."""
    assert [each for each in _MAILS if each.endswith(("_requested", "_reissued", "wrong_proofs"))] == _NOTICES
    for folder in _NOTICES:
        mail = texts.mail(folder, **_VALUES[folder])
        for body in (mail.text, mail.html):
            for words in ("«\u00a0Ce n’était pas moi\u00a0»", "rien d’autre n’est accepté", "n’est pas suspendu"):
                assert words in body, (folder, words)
        assert _OBJECTION in mail.text.splitlines()
        assert mail.html.count(f'href="{_OBJECTION}"') == 1
        is_first = [mail.html.index(question) for question in ("C’est bien vous", "Ce n’est pas vous")]
        assert is_first == sorted(is_first)
        assert 'class="button"' not in mail.html  # a hurried hand would press it


def test_the_identifier_s_sms_says_what_no_longer_works_and_where_to_vote(texts: Texts) -> None:
    """The old identifier does not work any more, and the new one is typed at the portal."""
    text = texts.sms("identifier_sms", identifier="ACDE3479ACDE")
    assert all(words in text for words in ("Nouvel identifiant", "L'ancien est annulé", "Vote : "))


def test_the_first_of_two_mails_says_what_is_needed_and_what_follows(texts: Texts) -> None:
    """NUMEN, département, something to write with, ten minutes, and that a second mail follows."""
    mail = texts.mail("identifier_and_password_link", **_VALUES["identifier_and_password_link"])
    assert "1/2" in mail.subject
    for body in (mail.text, mail.html):
        for words in (
            "NUMEN",
            "département de naissance",
            "10\u00a0minutes",
            "de quoi écrire",
            "2/2",
            "qu’une fois",
        ):
            assert words in body
    assert mail.html.count(f'href="{_LINK}"') == 2


def test_neither_the_second_mail_nor_the_notice_contains_a_secret_of_the_other_channel(texts: Texts) -> None:
    """The second mail has only the identifier, not in its subject, and no one-time link; the notice has neither."""
    second = texts.mail("identifier_and_password_identifier", **_VALUES["identifier_and_password_identifier"])
    assert "2/2" in second.subject
    assert "ACDE3479ACDE" not in second.subject
    for body in (second.text, second.html):
        assert "/lien/" not in body
        assert "ne fonctionnent plus" in body
    notice = texts.mail("identifier_and_password_reissued", **_VALUES["identifier_and_password_reissued"])
    for body in (notice.subject, notice.text, notice.html):
        assert _addresses(body) <= {_PORTAL, f"{_PORTAL}/vote/connexion", f"{_PORTAL}/sans-notice", _OBJECTION}
        assert set(re.findall(r"[\w.-]+@[\w.-]+", body)) <= {_SUPPORT.email}
        assert "NUMEN" not in body


def test_the_notice_of_a_request_for_an_identifier_says_how_to_object(texts: Texts) -> None:
    """With support's contact, what it can give back, and that a request of one's own ends the stranger's identifier."""
    mail = texts.mail("identifier_requested", **_VALUES["identifier_requested"])
    for body in (mail.text, mail.html):
        assert _OBJECTION in body
        assert "peut aussi vous rendre les demandes faites par quelqu’un d’autre" in body
        assert _SUPPORT.email in body
        assert _SUPPORT.shown_telephone in body
        assert "demandez vous-même un nouvel identifiant" in body


@pytest.mark.parametrize("folder", ["password_link", "password_reissued", "voting_code_requested"])
def test_the_wait_after_a_new_password_is_told_where_there_is_one(folder: str) -> None:
    """Before the elector decides on a new password, and once it was chosen."""
    waits, waits_not = (
        _texts(120, timedelta(days=1)).mail(folder, **_VALUES[folder]),
        _texts(120).mail(folder, **_VALUES[folder]),
    )
    for told, silent in ((waits.text, waits_not.text), (waits.html, waits_not.html)):
        assert "endant un jour" in told
        assert "question défi" in told
        assert "endant" not in silent
        assert "\n\n\n" not in told

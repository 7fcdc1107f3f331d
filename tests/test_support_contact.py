"""Wherever the support desk is named, its telephone and its hours stand with it."""

from pathlib import Path

import pytest

from election.rules.support import SupportContact
from election.settings import load
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES

_ROOT = Path(__file__).parent.parent
_PLACES = ("web/templates", "web/presenters", "web/routers", "web/clients", "web/http", "activities/texts")
# They show all three; every other text takes them, or `contact`.
_TOGETHER = {"web/templates/support_contact.html", "activities/texts/support.html"}


def test_no_text_gives_the_address_alone() -> None:
    """Nothing that a voter reads takes the address from the election's file without the number."""
    files = [
        path for place in _PLACES for path in (_ROOT / place).rglob("*") if path.suffix in {".py", ".html", ".txt"}
    ]
    alone = {path.relative_to(_ROOT).as_posix() for path in files if "support.email" in path.read_text("utf-8")}
    assert alone == _TOGETHER


def test_every_page_says_when_to_call_which_number() -> None:
    """At its foot, and so wherever a refusal or a hint of the page sends to the support desk."""
    election = load(_ROOT / "election" / "2022.toml")
    pages, support = open_pages(election), election.support
    for sample, (template, context) in PAGES.items():
        markup = pages.text(template, **context)
        for told in ('href="tel:+33199001234"', support.shown_telephone, support.shown_hours):
            assert told in markup, sample


@pytest.mark.parametrize(
    ("telephone", "uri"),
    [
        ("01 99 00 12 34", "tel:+33199001234"),
        ("+33 1 99 00 12 34", "tel:+33199001234"),
        ("3699", "tel:3699"),
        ("0801 23 45 67", "tel:+33801234567"),
    ],
)
def test_a_french_number_can_be_called_from_abroad(telephone: str, uri: str) -> None:
    """Its address is the international form; a short number stays as it is."""
    desk = SupportContact(email="aide@exemple.fr", telephone=telephone, hours="de 9 h à 12 h 30")
    assert desk.telephone_uri == uri
    assert " " not in desk.shown_telephone
    assert desk.contact.endswith("(de 9\u00a0h à 12\u00a0h 30)")

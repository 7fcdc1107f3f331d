"""A destination as the voter checks it: the number in groups with its country, the address in full."""

import pytest

from election.stages import Channel
from tests.support.spoken import WRAPPED
from web.presenters.destination import shown_destination


@pytest.mark.parametrize(
    ("contact", "shown", "country"),
    [
        ("+33639981234", "06 39 98 12 34", "France"),
        ("+262692123456", "0692 12 34 56", "La Réunion"),
        ("+262639123456", "0639 12 34 56", "Mayotte"),
        ("+590690123456", "0690 12 34 56", "Guadeloupe"),
        ("+687751234", "+687 75.12.34", "Nouvelle-Calédonie"),
        ("+681821234", "+681 82 12 34", "Wallis-et-Futuna"),
        ("+14165551234", "+1 416-555-1234", "Canada"),
        ("+2250707123456", "+225 07 07 12 3456", "Côte d’Ivoire"),
    ],
)
def test_a_number_has_its_country_s_name(contact: str, shown: str, country: str) -> None:
    """In groups that do not break, as it is dialled at home; abroad and in the Pacific with its code."""
    found = shown_destination(Channel.SMS, contact)
    assert (found.contact.replace("\u00a0", " "), found.country) == (shown, country)
    assert " " not in found.contact


def test_a_country_is_in_the_language_that_is_spoken() -> None:
    """On an English page as the English call it."""
    with WRAPPED.speaking("en"):
        assert shown_destination(Channel.SMS, "+4915112345678").country == "Germany"
    assert shown_destination(Channel.SMS, "+4915112345678").country == "Allemagne"


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("camille@gmial.com", "camille@gmail.com"),
        ("camille@gmail.con", "camille@gmail.com"),
        ("camille@gmail.fr", "camille@gmail.com"),
        ("camille@orange.fe", "camille@orange.fr"),
        ("camille@ornage.fr", "camille@orange.fr"),
        ("camille@wanado.fr", "camille@wanadoo.fr"),
        ("camille@sft.fr", "camille@sfr.fr"),
        ("camille@laposte.fr", "camille@laposte.net"),
        ("camille@hotmal.fr", "camille@hotmail.fr"),
        ("camille@outlok.com", "camille@outlook.com"),
    ],
)
def test_a_likely_misspelling_has_a_suggestion(typed: str, likely: str) -> None:
    """Letters swapped, left out or doubled, and endings that the provider does not have."""
    found = shown_destination(Channel.EMAIL, typed)
    assert (found.contact, found.likely) == (typed, likely)


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "mail.com",
        "hotmail.be",
        "outlook.be",
        "yahoo.be",
        "exemple.org",
        "gmx.de",
        "posteo.net",
        "mairie-lyon.fr",
    ],
)
def test_a_domain_that_is_as_likely_right_has_none(domain: str) -> None:
    """Providers that exist, and domains that are like no other."""
    assert shown_destination(Channel.EMAIL, f"camille@{domain}").likely is None

"""Validation of mobile numbers of mainland France, overseas France and other countries."""

import pytest

from activities.sending.contacts import Contact, ContactRefusal, country_of, mobile


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("0612345678", "+33612345678"),
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("(06) 12-34-56-78", "+33612345678"),
        ("06\u00a012\u202f34 56 78", "+33612345678"),
        ("\u202a06 12 34 56 78\u202c", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("＋３３６１２３４５６７８", "+33612345678"),
        ("0756781234", "+33756781234"),
    ],
)
def test_a_mobile_of_mainland_france_is_accepted(typed: str, understood: str) -> None:
    """Every usual way of writing a number gives the same E.164 number."""
    assert mobile(typed) == Contact(understood)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("0692 12 34 56", "+262692123456"),
        ("0693123456", "+262693123456"),
        ("0639 02 34 56", "+262639023456"),
        ("0690 12 34 56", "+590690123456"),
        ("0691 28 34 56", "+590691283456"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 20 12 34", "+596696201234"),
        ("0697 12 34 56", "+596697123456"),
        ("0709 12 34 56", "+596709123456"),
        ("+262 692 12 34 56", "+262692123456"),
        ("00262692123456", "+262692123456"),
        ("+687 75 12 34", "+687751234"),
        ("+689 87 12 34 56", "+68987123456"),
        ("+508 55 12 34", "+508551234"),
        ("+681 82 12 34", "+681821234"),
        ("87 12 34 56", "+68987123456"),
    ],
)
def test_a_mobile_of_overseas_france_is_accepted(typed: str, understood: str) -> None:
    """In national or international form: Réunion, Mayotte, Antilles, Guyane, the Pacific."""
    assert mobile(typed) == Contact(understood)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("0639 99 34 56", "+262639993456"),
        ("0691 99 34 56", "+590691993456"),
        ("0694 99 99 99", "+594694999999"),
        ("+33 692 12 34 56", "+262692123456"),
    ],
)
def test_an_overseas_number_gets_its_own_country_code(typed: str, understood: str) -> None:
    """Also in a range that the library does not know yet, or if it is typed with +33."""
    assert mobile(typed) == Contact(understood)


@pytest.mark.parametrize("typed", ["72 12 34", "82 12 34", "501234"])
def test_an_ambiguous_six_digit_number_is_refused(typed: str) -> None:
    """The same digits exist in New Caledonia, Wallis-et-Futuna and Saint-Pierre-et-Miquelon."""
    assert mobile(typed) is ContactRefusal.NOT_A_PHONE


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("+32 470 12 34 56", "+32470123456"),
        ("+41 79 123 45 67", "+41791234567"),
        ("+49 170 1234567", "+491701234567"),
        ("+1 202 555 0123", "+12025550123"),
        ("0049 170 1234567", "+491701234567"),
        ("+212 612-345678", "+212612345678"),
    ],
)
def test_a_mobile_of_another_country_is_accepted(typed: str, understood: str) -> None:
    """With its country code; where mobiles have no ranges of their own, any number is accepted."""
    assert mobile(typed) == Contact(understood)


def test_a_number_of_an_unknown_range_is_accepted() -> None:
    """A possible number is accepted even if the library's numbering plan does not have its range yet."""
    assert mobile("07 00 12 34 56") == Contact("+33700123456")


@pytest.mark.parametrize(
    "typed",
    [
        "01 12 34 56 78",
        "05 12 34 56 78",
        "09 12 34 56 78",
        "0800 123 456",
        "0262 12 34 56",
        "+33 1 12 34 56 78",
        "+32 2 550 12 34",
    ],
)
def test_a_phone_that_receives_no_sms_is_refused(typed: str) -> None:
    """Landlines of the mainland, Réunion and other countries, VoIP and freephone numbers."""
    assert mobile(typed) is ContactRefusal.NOT_A_MOBILE


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56",
        "06 12 34 56 78 9",
        "112233",
        "3615",
        "17",
        "+",
        "06CALLNOW1",
        "0612AB5678",
        "0612345678 poste 3",
        "0612345678#12",
        "0612345678 0712345678",
        "0612345678 / 0712345678",
        "camille@exemple.fr",
        "2 85 05 2A 006",
        "+999 612345678",
        "0" * 300,
        "\0",
        "☎",
    ],
)
def test_a_malformed_number_is_refused(typed: str) -> None:
    """Too short, too long, with letters or an extension, two at once, or other data."""
    assert mobile(typed) is ContactRefusal.NOT_A_PHONE


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\t"])
def test_an_empty_field_is_missing(typed: str) -> None:
    """Also one with only spaces, since it has its own error message."""
    assert mobile(typed) is ContactRefusal.MISSING


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+33639980001", "FR"),
        ("+262692123456", "RE"),
        ("+262639123456", "YT"),
        ("+687751234", "NC"),
        ("+88213", "+882"),
    ],
)
def test_a_number_has_a_country_for_the_figures(e164: str, country: str) -> None:
    """Overseas territories count separately; a number without a country counts under its calling code."""
    assert country_of(e164) == country

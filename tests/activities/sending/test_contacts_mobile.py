"""Validation of mobile numbers of mainland France, overseas France and other countries."""

import pytest

from activities.sending.contacts import Contact, ContactRefusal, country_of, foreign_country_of, mobile
from election.rules.sms import SmsRules

ANYWHERE = SmsRules()


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
        ("06_12_34_56_78", "+33612345678"),
        ("06,12,34,56,78", "+33612345678"),
        ("06·12·34·56·78", "+33612345678"),
        ("tel:+33612345678", "+33612345678"),
        ("Tél. : 06 12 34 56 78", "+33612345678"),
        ("« 06 12 34 56 78 ».", "+33612345678"),
        ("0756781234", "+33756781234"),
    ],
)
def test_a_mobile_of_mainland_france_is_accepted(typed: str, understood: str) -> None:
    """Every usual way of writing a number gives the same E.164 number."""
    assert mobile(typed, ANYWHERE) == Contact(understood)


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
        ("0508 55 12 34", "+508551234"),
        ("+681 82 12 34", "+681821234"),
        ("87 12 34 56", "+68987123456"),
        ("89123456", "+68989123456"),
        ("75 12 34", "+687751234"),
        ("90.12.34", "+687901234"),
        ("841234", "+687841234"),
    ],
)
def test_a_mobile_of_overseas_france_is_accepted(typed: str, understood: str) -> None:
    """In national or international form: Réunion, Mayotte, Antilles, Guyane, the Pacific."""
    assert mobile(typed, ANYWHERE) == Contact(understood)


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
    assert mobile(typed, ANYWHERE) == Contact(understood)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("+33 709 00 12 34", "+590709001234"),
        ("0033 709 00 12 34", "+590709001234"),
        ("+33 (0)709 00 12 34", "+590709001234"),
        ("(+33) 709 20 12 34", "+262709201234"),
        ("＋33 709 20 12 34", "+262709201234"),
        ("+33 708 40 12 34", "+508708401234"),
        ("0708 40 12 34", "+508708401234"),
        ("+262 709 00 12 34", "+590709001234"),
        ("+33 691 99 34 56", "+590691993456"),
        ("+590 691 99 34 56", "+590691993456"),
        ("+262 700 12 34 56", "+262700123456"),
        ("33 6 12 34 56 78", "+33612345678"),
        ("612345678", "+33612345678"),
    ],
)
def test_an_overseas_number_is_the_same_with_and_without_a_country_code(typed: str, understood: str) -> None:
    """A number that is valid in one territory alone is that territory's, whichever French code was typed before it."""
    assert mobile(typed, ANYWHERE) == Contact(understood)


@pytest.mark.parametrize(
    "typed",
    [
        "06 39 98 00 0",
        "06 39 98 0",
        "06 39 98",
        "0612345",
        "07 12 34 5",
        "06 12 34 56 7",
        "+33 06 39 98 00 0",
        "+33 6 39 98 00 0",
        "0033 06 39 98 00 0",
        "+33 (0)6 39 98 00 0",
        "+590 0690 12 34 5",
        "+262 06 92 12 34 5",
        "0５０ 12 34",
        "0 51 23 45 6",
        "6 39 98 0",
        "639980",
        "63 99 80",
        "６３９９８０",
        "6 12 34 56 7",
        "7 51 23 4",
        "7.51.23.4",
    ],
)
def test_a_number_with_a_missing_digit_is_nobody_s(typed: str) -> None:
    """What is typed as on the mainland is no number of an island whose numbers are shorter."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_PHONE


@pytest.mark.parametrize("typed", ["32 470 12 34 56", "41 79 123 45 67", "49 170 1234567", "1 202 555 0123"])
def test_another_country_needs_its_plus_or_zeros(typed: str) -> None:
    """Digits without them are read as a number of France alone."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_PHONE


@pytest.mark.parametrize(
    "typed", ["72 12 34", "82 12 34", "92 12 34", "501234", "55 12 34", "５５１２３４", "40 12 34", "48 12 34"]
)
def test_an_ambiguous_six_digit_number_is_refused(typed: str) -> None:
    """The same digits exist in New Caledonia, Wallis-et-Futuna and Saint-Pierre-et-Miquelon, or may come to."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_PHONE


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
    assert mobile(typed, ANYWHERE) == Contact(understood)


def test_a_french_number_of_an_unknown_range_is_accepted() -> None:
    """If it is possible and begins as mobiles do, even if the library's numbering plan does not have its range yet."""
    assert mobile("07 00 12 34 56", ANYWHERE) == Contact("+33700123456")


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
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_MOBILE


@pytest.mark.parametrize(
    "typed",
    [
        "+979 123 456 789",
        "+881 6 1234 5678",
        "+870 773 111 632",
        "+247 40 123",
        "+290 8999",
        "+882 13 300 655",
        "+883 5100 0123 4567",
        "+800 1234 5678",
        "+808 1234 5678",
        "+878 10 1234 567890",
        "00979123456789",
    ],
)
def test_a_satellite_or_a_world_wide_service_is_refused(typed: str) -> None:
    """Premium, shared-cost, freephone and satellite networks without a country, and the islands at their price."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.INTERNATIONAL_NETWORK


@pytest.mark.parametrize(
    "typed", ["+234 123 456 7890", "+1 345 555 1234", "+44 7612 345678", "+216 81 234 567", "+353 20 912 3456"]
)
def test_a_number_abroad_that_is_not_known_as_a_mobile_is_refused(typed: str) -> None:
    """An unknown range may earn money for whoever asks for an SMS to it; a pager of Britain is one."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.UNKNOWN_ABROAD


@pytest.mark.parametrize(
    "typed",
    [
        "+44 70 1234 5678",
        "+1 900 555 0123",
        "+1 500 555 0006",
        "+39 06 1234 5678",
        "+33 899 12 34 56",
        "0812 34 56 78",
        "+262 892 12 34 56",
        "+687 36 12 34",
        "+32 900 12 345",
    ],
)
def test_a_premium_or_personal_number_is_refused(typed: str) -> None:
    """In France and its overseas as abroad."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_MOBILE


@pytest.mark.parametrize("typed", ["+590 5 91 23 45 67", "+33 1 00 00 00 00", "+594 500 12 34 56"])
def test_a_french_number_of_an_unknown_range_of_landlines_is_refused(typed: str) -> None:
    """Only a number that begins with 6 or 7 may be a mobile that the library does not know yet."""
    assert mobile(typed, ANYWHERE) in {ContactRefusal.NOT_A_MOBILE, ContactRefusal.NOT_A_PHONE}


def test_an_election_can_narrow_the_countries() -> None:
    """France and its overseas are served in any case; another country's sentence does not speak of a landline."""
    near = SmsRules(countries=("BE",))
    assert mobile("+32 470 12 34 56", near) == Contact("+32470123456")
    assert mobile("+49 170 1234567", near) is ContactRefusal.COUNTRY_NOT_SERVED
    assert mobile("+1 345 555 1234", near) is ContactRefusal.COUNTRY_NOT_SERVED
    assert mobile("0692 12 34 56", near) == Contact("+262692123456")
    assert mobile("+687 75 12 34", near) == Contact("+687751234")


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+33612345678", None),
        ("+262692123456", None),
        ("+687751234", None),
        ("+32470123456", "BE"),
        ("+12025550123", "US"),
    ],
)
def test_overseas_france_is_not_abroad(e164: str, country: str | None) -> None:
    """The limit by country is for other countries."""
    assert foreign_country_of(e164) == country


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
        "0612345678, 0712345678",
        "0612345678,12",
        "tel:",
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
    assert mobile(typed, ANYWHERE) is ContactRefusal.NOT_A_PHONE


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\t"])
def test_an_empty_field_is_missing(typed: str) -> None:
    """Also one with only spaces, since it has its own error message."""
    assert mobile(typed, ANYWHERE) is ContactRefusal.MISSING


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+33639980001", "FR"),
        ("+262692123456", "RE"),
        ("+262639123456", "YT"),
        ("+590709001234", "GP"),
        ("+508708401234", "PM"),
        ("+687751234", "NC"),
        ("+88213", "+882"),
    ],
)
def test_a_number_has_a_country_for_the_figures(e164: str, country: str) -> None:
    """Overseas territories count separately; a number without a country counts under its calling code."""
    assert country_of(e164) == country

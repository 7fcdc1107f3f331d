"""Identities are compared without differences of spelling, and different persons are not confused."""

import pytest

from election.proofs.identity import CivilIdentity, possible_dates, same_first_name, same_name


@pytest.mark.parametrize(
    ("given", "known", "same"),
    [
        ("LE GOFF", "Le Goff", True),
        ("LEGOFF", "Le Goff", True),
        ("N DIAYE", "N’Diaye", True),
        ("N'DIAYE", "N’Diaye", True),
        ("D'ORNANO", "d’Ornano", True),
        ("DE LA TOUR", "DELATOUR", True),
        ("MULLER", "Müller", True),
        ("Mu\u0308ller", "Müller", True),
        ("KOENIG", "Kœnig", True),
        ("TRAN", "Trần", True),
        ("DANG", "Đặng", True),
        ("WEISS", "Weiß", True),
        ("MARTIN-DURAND", "Martin Durand", True),
        ("MARTIN", "Martin Durand", False),  # the whole birth name is compared
        ("LEFEVRE", "N’Diaye", False),  # the used name is not the birth name
        ("MARTIN", "Martins", False),
        ("", "", False),
        ("- ’", "’", False),
    ],
)
def test_a_family_name_is_compared_by_its_letters(given: str, known: str, *, same: bool) -> None:
    """Accents, hyphens, apostrophes, case and spaces are ignored."""
    assert same_name(given, known) is same


@pytest.mark.parametrize(
    ("given", "known", "same"),
    [
        ("Camille Anne Marie", "Camille", True),
        ("CAMILLE", "Camille Anne", True),
        ("Élodie", "ELODIE", True),
        ("Jean-Baptiste Paul", "Jean-Baptiste", True),
        ("Jean Baptiste Paul", "Jean-Baptiste", True),
        ("Jean-Baptiste", "Jean Baptiste Paul", True),
        ("Jean, Baptiste", "Jean", True),
        ("Jean-Baptiste", "Jean", False),
        ("Jean", "Jean-Baptiste", False),
        ("Anne Marie", "Anne-Sophie", False),
        ("Anne Camille", "Camille", False),  # only the first one counts
        ("", "Camille", False),
        ("", "", False),
    ],
)
def test_the_first_first_name_is_compared(given: str, known: str, *, same: bool) -> None:
    """Further first names are ignored; a compound name is compared whole, with a hyphen or a space."""
    assert same_first_name(given, known) is same


@pytest.mark.parametrize(
    ("given", "known", "possible"),
    [
        ("1990-05-12", "1990-05-12", True),
        ("1990-05-12", "1990-05-00", True),
        ("1990-05-12", "1990-00-00", True),
        ("1990-05-00", "1990-05-31", True),
        ("1990-05-00", "1990-05-00", True),
        ("1990-05-00", "1990-00-00", True),
        ("1990-00-00", "1990-12-31", True),
        ("1992-00-00", "1992-02-29", True),
        ("1990-00-00", "1990-07-00", True),
        ("1990-00-00", "1990-00-00", True),
        ("1990-05-12", "1990-05-13", False),
        ("1990-05-12", "1990-06-00", False),
        ("1990-05-00", "1990-06-01", False),
        ("1990-00-00", "1991-01-01", False),
        ("1990-02-30", "1990-02-00", False),
        ("1990-00-12", "1990-00-00", False),
        ("1990-13-00", "1990-00-00", False),
        ("0000-00-00", "0000-00-00", False),
        ("12/05/1990", "1990-05-12", False),
        ("", "", False),
    ],
)
def test_a_birth_date_matches_dates_that_are_known_in_part(given: str, known: str, *, possible: bool) -> None:
    """Day or month may be unknown on either side; what both have must be equal."""
    assert (known in possible_dates(given)) is possible


def test_the_possible_dates_of_a_partial_date_are_unique() -> None:
    """A year has its days, twelve months with an unknown day, and itself with an unknown month."""
    assert len(possible_dates("1990-00-00")) == 365 + 12 + 1 == len(set(possible_dates("1990-00-00")))
    assert len(possible_dates("1992-02-00")) == 29 + 1 + 1
    assert len(possible_dates("1990-05-12")) == 3


@pytest.mark.parametrize(("gender", "sex"), [("female", "F"), ("male", "M"), ("", ""), ("F", "")])
def test_an_openid_gender_becomes_the_roll_s_letter(gender: str, sex: str) -> None:
    """`female` is F and `male` is M; any other value gives an empty text."""
    assert CivilIdentity("", "", "", gender, "", "").sex == sex


@pytest.mark.parametrize(("country", "french"), [("99100", True), ("99243", False), ("", False)])
def test_only_births_in_france_have_a_commune(country: str, *, french: bool) -> None:
    """Only INSEE's code of France, 99100, means a birth in France."""
    assert CivilIdentity("", "", "", "", "", country).is_born_in_france is french

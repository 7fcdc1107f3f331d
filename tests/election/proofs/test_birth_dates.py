"""Normalisation of birth dates that voters type."""

import pytest

from election.proofs.birth_dates import has_short_year, normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("02/05/1985", "1985-05-02"),
        (" 2/5/1985 ", "1985-05-02"),
        ("02.05.1985", "1985-05-02"),
        ("02 05 1985", "1985-05-02"),
        ("29/02/2000", "2000-02-29"),
        ("00/05/1962", "1962-05-00"),
        ("00/00/1962", "1962-00-00"),
        ("02 / 05 / 1985", "1985-05-02"),
        ("02/05-1985", "1985-05-02"),
        ("02\u201105\u20111985", "1985-05-02"),
        ("02051985", "1985-05-02"),
        ("00051962", "1962-05-00"),
        ("1985-05-02", "1985-05-02"),
        ("1985/5/2", "1985-05-02"),
        ("1985-05-00", "1985-05-00"),
        ("19850502", "1985-05-02"),
        ("20011201", "2001-12-01"),
        ("20121912", "1912-12-20"),
        ("25 décembre 1988", "1988-12-25"),
        ("25 De\u0301cembre 1988", "1988-12-25"),
        ("25 DECEMBRE 1988", "1988-12-25"),
        ("25-déc.-1988", "1988-12-25"),
        ("25dec1988", "1988-12-25"),
        ("1er août 1990", "1990-08-01"),
        ("le 1 aout 1990", "1990-08-01"),
        ("dimanche 25 décembre 1988", "1988-12-25"),
        ("3 juil. 1970", "1970-07-03"),
        ("3 juin 1970", "1970-06-03"),
        ("3 mars 1970", "1970-03-03"),
        ("3 févr. 1970", "1970-02-03"),
    ],
)
def test_a_date_is_read_with_any_separator(typed: str, kept: str) -> None:
    """Day first; zeros stand for an unknown day or month."""
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "31/02/1985", "02/00/1985", "02/13/1985", "02/05/85", "0²/05/1985", "29/02/1900"),
        *("2051985", "020585", "1985-13-02", "1985-02-31", "85-05-02", "02/05/19855", "02/05/0985", "002/05/1985"),
        *("3 jui 1970", "3 ma 1970", "3 brumaire 1970", "31 février 1970", "décembre 1988", "25 décembre", "mai"),
        *("02/05/1985 02/05/1985", "02:05:1985", "02051985 1", "+02051985", "02/05/1985x", "1985"),
    ],
)
def test_a_malformed_date_is_refused(typed: str) -> None:
    """`normalise` returns None."""
    assert normalise(typed) is None


@pytest.mark.parametrize("typed", ["25/12/88", "25 / 12 / 88", "25-12-88", "25 décembre 88", "251288", "00/00/62"])
def test_a_year_of_two_digits_is_known(typed: str) -> None:
    """It may be of two centuries, so the form asks for all four."""
    assert has_short_year(typed)
    assert normalise(typed) is None


@pytest.mark.parametrize(
    "typed", ["", "25/12/1988", "25/13/88", "88", "32/12/88", "88-12-25", "25/12/888", "31/02/88"]
)
def test_another_mistake_is_not_a_short_year(typed: str) -> None:
    """The form then shows how a date is written."""
    assert not has_short_year(typed)

"""Normalisation of birth dates that voters type."""

import pytest

from election.proofs.birth_dates import normalise


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
    ],
)
def test_a_date_is_read_with_any_separator(typed: str, kept: str) -> None:
    """Day first; zeros stand for an unknown day or month."""
    assert normalise(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "1985-05-02", "31/02/1985", "02/00/1985", "02/13/1985", "02/05/85", "0²/05/1985", "29/02/1900"]
)
def test_a_malformed_date_is_refused(typed: str) -> None:
    """`normalise` returns None."""
    assert normalise(typed) is None

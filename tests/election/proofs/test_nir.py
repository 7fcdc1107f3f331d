"""The first ten characters of the social security number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.proofs import nir


@pytest.mark.parametrize(
    "typed",
    [
        "2860175123",
        "2 86 01 75 123",
        "2.86.01.75.123",
        "2-86-01-75-123",
        "2\u00a086\u00a001\u00a075\u00a0123",
        " 2860175123\n",
        "2860175123456",
        "2 86 01 75 123 456",
        "286017512345678",
        "2 86 01 75 123 456 78",
    ],
)
def test_a_nir_is_normalised(typed: str) -> None:
    """Separators are removed; of a number with 13 or 15 characters the first ten are kept."""
    assert nir.normalise(typed) == "2860175123"


@pytest.mark.parametrize(
    ("typed", "department"),
    [
        ("1 86 01 2A 004", "2A"),
        ("186012b004", "2B"),
        ("186012a004123", "2A"),
        ("186012B00412345", "2B"),
        ("2860197411", "97"),
        ("2860198735", "98"),
        ("2860199134", "99"),
        ("2860101004", "01"),
    ],
)
def test_a_nir_has_its_department(typed: str, department: str) -> None:
    """`2A` and `2B` in either case, 97 and 98 for overseas, 99 for births abroad."""
    found = nir.normalise(typed)
    assert found is not None
    assert nir.department(found) == department


@pytest.mark.parametrize("sex", "123478")
def test_provisional_numbers_are_accepted(sex: str) -> None:
    """The first digit is 1 or 2, or 3, 4, 7 or 8 in a provisional number."""
    assert nir.normalise(f"{sex}860175123") == f"{sex}860175123"


@pytest.mark.parametrize("month", ["01", "12", "20", "31", "42", "50", "99"])
def test_codes_of_an_unknown_month_are_accepted(month: str) -> None:
    """01 to 12, and the codes from 20 on for births with an unknown month."""
    assert nir.normalise(f"286{month}75123") == f"286{month}75123"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "286017512",
        "28601751234",
        "286017512345",
        "28601751234567",
        "2860175123456789",
        "0860175123",
        "5860175123",
        "2860075123",
        "2861375123",
        "286012C123",
        "28601A2123",
        "286O175123",
        "286017512345A",
        "286017512٣",
        "01E1234567ABC",
    ],
)
def test_a_malformed_nir_is_refused(typed: str) -> None:
    """A wrong length, sex, month, département or letter gives None."""
    assert nir.normalise(typed) is None


@given(st.text())
def test_no_text_raises_an_exception(typed: str) -> None:
    """Any text gives None, or ten characters that are their own normal form."""
    found = nir.normalise(typed)
    assert found is None or (len(found) == 10 and nir.normalise(found) == found)

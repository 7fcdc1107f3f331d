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
def test_a_nir_is_parsed_as_people_write_it(typed: str) -> None:
    """With or without spaces, ten characters or the whole number of 13 or 15."""
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
def test_departments_of_corsica_overseas_and_abroad(typed: str, department: str) -> None:
    """`2A` and `2B` in either case, 97 and 98 overseas, 99 for births abroad."""
    found = nir.normalise(typed)
    assert found is not None
    assert nir.department(found) == department


@pytest.mark.parametrize("sex", "123478")
def test_sexes_and_provisional_numbers(sex: str) -> None:
    """1 and 2; 3, 4, 7 and 8 for numbers that are not final."""
    assert nir.normalise(f"{sex}860175123") == f"{sex}860175123"


@pytest.mark.parametrize("month", ["01", "12", "20", "31", "42", "50", "99"])
def test_months_that_exist_or_stand_for_an_unknown_one(month: str) -> None:
    """Births whose month is unknown have their own codes."""
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
def test_another_form_is_refused(typed: str) -> None:
    """A wrong length, sex, month, département or letter."""
    assert nir.normalise(typed) is None


@given(st.text())
def test_no_text_raises_an_exception(typed: str) -> None:
    """The result has ten characters, and is its own normal form."""
    found = nir.normalise(typed)
    assert found is None or (len(found) == 10 and nir.normalise(found) == found)

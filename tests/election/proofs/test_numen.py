"""Normalisation of NUMENs that voters type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.proofs import numen

_RIGHT = st.from_regex(r"[0-9]{2}[A-Z][0-9]{7}[A-Z]{3}", fullmatch=True)


@pytest.mark.parametrize(
    "typed",
    [
        "01E1234567ABC",
        "01e1234567abc",
        " 01E 1234567 ABC ",
        "01 E 12 34 567 ABC",
        "01.E.1234567.ABC",
        "01-E-1234567-ABC",
        "01E\u00a01234567\u202fABC",
        "01E1234567ABC\n",
    ],
)
def test_a_numen_is_normalised(typed: str) -> None:
    """Separators are removed, and letters become capitals."""
    assert numen.normalise(typed) == "01E1234567ABC"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "01E1234567AB",
        "01E1234567ABCD",
        "O1E1234567ABC",
        "01E123456OABC",
        "0101234567ABC",
        "01E1234567AB1",
        "٠١E1234567ABC",
        "01É1234567ABC",
        "01E1234567ABC/01E1234567ABC",
        "1860175123456",
    ],
)
def test_a_malformed_numen_is_refused(typed: str) -> None:
    """Anything but two digits, a letter, seven digits and three letters in ASCII gives None."""
    assert numen.normalise(typed) is None


@given(_RIGHT)
def test_every_numen_is_its_own_normal_form(right: str) -> None:
    """Normalising it changes nothing, and its lower-case form gives the same."""
    assert numen.normalise(right) == right == numen.normalise(right.lower())


@given(st.text())
def test_no_text_raises_an_exception(typed: str) -> None:
    """Any text gives None, or 13 ASCII capitals and digits."""
    found = numen.normalise(typed)
    assert found is None or (len(found) == 13 and found.isascii() and found.isalnum() and found.isupper())

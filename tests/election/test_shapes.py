"""Shapes of drawn secrets: strong enough, and easy to read and type."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from election.shapes import GeneratedPasswordShape, IdentifierShape, VotingCodeShape

_SHAPE = VotingCodeShape()
_CODES = st.text(alphabet=_SHAPE.alphabet, min_size=_SHAPE.length, max_size=_SHAPE.length)


def test_a_code_has_at_least_64_bits() -> None:
    """A secret of that strength needs no slow hash (OWASP, NIST)."""
    assert _SHAPE.bits >= 64


def test_the_bits_of_a_shape_are_a_lower_bound() -> None:
    """It counts codes with one place of each required kind and letters or digits in the other places."""
    shape = VotingCodeShape(letters="ACDE", digits="34", specials="@&", length=28)
    assert shape.bits == pytest.approx(math.log2(4 * 2 * 2) + 25 * math.log2(6))
    tiny = VotingCodeShape.model_construct(letters="AC", digits="34", specials="@", max_specials=1, length=5)
    codes = [code for code in map("".join, itertools.product(tiny.alphabet, repeat=5)) if tiny.fits(code)]
    assert tiny.bits <= math.log2(len(codes))


def test_no_two_characters_look_alike() -> None:
    """O and 0, I, l and 1, B and 8, S and 5, Z and 2, G and 6 are not in the alphabet."""
    assert not set(_SHAPE.alphabet) & set("O0I1lB8S5Z2G6")


@given(_CODES)
def test_a_typed_code_is_normalised(code: str) -> None:
    """Groups, small letters, hyphens and outer spaces give the same code."""
    shown, with_hyphens = " ".join(_SHAPE.groups(code)), "\u2011".join(_SHAPE.groups(code))
    assert _SHAPE.normalise(shown) == _SHAPE.normalise(f"\t{code.lower()}\u00a0") == code
    assert _SHAPE.normalise(with_hyphens) == code


@given(_CODES)
def test_a_code_is_shown_in_groups_of_four(code: str) -> None:
    """The joined groups are the code."""
    groups = _SHAPE.groups(code)
    assert "".join(groups) == code
    assert {len(group) for group in groups} == {4}


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("ACDE3479@&!ACDEF", True),
        ("ACDE3479@&!?ACDE", False),
        ("ACDE3479ACDE3479", False),
        ("ACDE@&!?ACDE@&!?", False),
        ("3479@&!?3479", False),
    ],
)
def test_a_code_has_letters_digits_and_specials(code: str, fits: bool) -> None:
    """A code that lacks one of the kinds, or has more than three special characters, does not fit."""
    assert _SHAPE.fits(code) is fits


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"letters": "ACDEFO"}, "look alike"),
        ({"digits": "0347"}, "look alike"),
        ({"length": 15}, "64 bits"),
        ({"letters": "A", "digits": "3", "specials": "@"}, "64 bits"),
        ({"digits": ""}, "there must be letters, digits and special characters"),
        ({"letters": "ACDEFacdef"}, "capitals"),
        ({"specials": "@@@@@@"}, "stand once"),
        ({"specials": "@ &"}, "without spaces"),
        ({"specials": "@-"}, "hyphens"),
        ({"specials": "@#%"}, "hard to find on a phone: # %"),
        ({"max_specials": 0}, "greater than or equal to 1"),
        ({"group_size": 0}, "greater than or equal to 1"),
        ({"colour": "blue"}, "not permitted"),
    ],
)
def test_an_unsafe_or_ambiguous_code_shape_is_refused(wrong: dict[str, object], fault: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ValidationError, match=fault):
        VotingCodeShape.model_validate(wrong)


def test_identifiers_have_capitals_and_digits_that_do_not_look_alike() -> None:
    """All of them are in the GSM alphabet, so that they can be sent by SMS."""
    shape = IdentifierShape()
    assert shape.alphabet.isalnum()
    assert shape.alphabet.upper() == shape.alphabet
    assert not set(shape.alphabet) & set("O0I1lB8S5Z2G6")


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"alphabet": "ACDEFHJKLMNPQRTUVWXY0"}, "look alike"),
        ({"alphabet": "ACDEFHJKLMNPQRTUVWXYa"}, "only capitals and digits"),
        ({"alphabet": "ACDEFHJKLMNPQRTUVWXY "}, "only capitals and digits"),
        ({"alphabet": "ACDEFHJKLMNPQRTUVWXYA"}, "stand once"),
        ({"alphabet": "ACDE34"}, "16 characters"),
        ({"length": 8}, "greater than or equal to 9"),
    ],
)
def test_an_ambiguous_identifier_shape_is_refused(wrong: dict[str, object], fault: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ValidationError, match=fault):
        IdentifierShape.model_validate(wrong)


def test_generated_passwords_have_64_bits_and_unambiguous_characters() -> None:
    """No two characters look alike, nor do a capital and its small letter."""
    shape = GeneratedPasswordShape()
    assert shape.bits >= 64
    assert not set(shape.alphabet) & set("O0I1lB8S5Z2G6")
    assert not set(shape.alphabet) & set("CcKkoPpsUuVvWwXxz")


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("aA3@aA3@aA3@aA3@", True),
        ("AA3@AA3@AA3@AA3@", False),
        ("aa3@aa3@aa3@aa3@", False),
        ("aA@@aA@@aA@@aA@@", False),
        ("aA33aA33aA33aA33", False),
    ],
)
def test_a_generated_password_has_a_character_of_each_kind(password: str, fits: bool) -> None:
    """A password that lacks one of the kinds does not fit."""
    assert GeneratedPasswordShape().fits(password) is fits


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"lowercase": "abdefo"}, "look alike"),
        ({"uppercase": "ADEFC"}, "look alike"),
        ({"digits": "0347"}, "look alike"),
        ({"digits": ""}, "there must be small letters"),
        ({"lowercase": "abdeA"}, "stand once"),
        ({"specials": "@ &"}, "none be a space"),
        ({"specials": "@="}, "hard to find on a phone: ="),
        ({"length": 13}, "64 bits"),
        ({"length": 7}, "greater than or equal to 8"),
    ],
)
def test_an_unsafe_or_ambiguous_password_shape_is_refused(wrong: dict[str, object], fault: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ValidationError, match=fault):
        GeneratedPasswordShape.model_validate(wrong)

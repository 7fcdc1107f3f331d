"""A code is spelled for screen readers, every character by its name."""

from hypothesis import given
from hypothesis import strategies as st

from election.shapes import GeneratedPasswordShape, VotingCodeShape
from web.presenters.spell_out import spell_out

SHAPE = VotingCodeShape()
codes = st.text(SHAPE.alphabet, min_size=1, max_size=32)


@given(codes)
def test_a_code_is_spelled_character_by_character(code: str) -> None:
    """As many names as characters, in their order; letters and digits stand for themselves."""
    names = spell_out(code).split(", ")
    assert len(names) == len(code)
    assert all(name == each for name, each in zip(names, code, strict=True) if each.isalnum())


@given(codes, codes)
def test_no_two_codes_sound_the_same(one: str, other: str) -> None:
    """A listener can write down the exact code."""
    assert (spell_out(one) == spell_out(other)) == (one == other)


def test_in_a_code_with_both_cases_each_letter_has_its_case() -> None:
    """As in a drawn password: a screen reader reads capitals and small letters alike."""
    assert spell_out("aD4&") == "a minuscule, D majuscule, 4, et commercial"
    assert all(len(spell_out(each)) > 1 for each in GeneratedPasswordShape().specials)


def test_every_special_character_has_a_name() -> None:
    """A screen reader may skip a sign; it reads a word."""
    assert all(len(spell_out(each)) > 1 for each in SHAPE.specials)

"""A code spelled for the ear: every character, by a name that says which one it is."""

from hypothesis import given
from hypothesis import strategies as st

from election.shapes import DrawnPasswordShape, VotingCodeShape
from web.presenters.spell_out import spell_out

SHAPE = VotingCodeShape()
codes = st.text(SHAPE.alphabet, min_size=1, max_size=32)


@given(codes)
def test_a_code_is_told_character_by_character(code: str) -> None:
    """As many names as characters, in their order; letters and digits by themselves."""
    names = spell_out(code).split(", ")
    assert len(names) == len(code)
    assert all(name == each for name, each in zip(names, code, strict=True) if each.isalnum())


@given(codes, codes)
def test_no_two_codes_sound_the_same(one: str, other: str) -> None:
    """Who listens can write down the very code."""
    assert (spell_out(one) == spell_out(other)) == (one == other)


def test_where_both_cases_are_drawn_each_letter_tells_its_case() -> None:
    """Of a drawn password: a screen reader says the same for a capital and its small letter."""
    assert spell_out("aD4#") == "a minuscule, D majuscule, 4, dièse"
    assert all(len(spell_out(each)) > 1 for each in DrawnPasswordShape().specials)


def test_every_special_character_has_a_name() -> None:
    """A screen reader may pass over a sign; it does not pass over a word."""
    assert all(len(spell_out(each)) > 1 for each in SHAPE.specials)

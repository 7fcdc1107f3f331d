"""What is typed or pasted is folded: nothing that cannot be seen is left, and a space is a space."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.proofs import birth_dates, nir, numen, secret_answer
from election.rules.proofs import Alphabet, ProofDatum
from election.shapes import VotingCodeShape
from election.text.folding import compact, fold, has_unseen

UNSEEN = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\ufeff\u00ad\u034f\u061c\ufe0f"
)
SPACES = "\u00a0\u202f\u2009\u2002\u2007\u3000\u2028"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2043"
_DATUM = ProofDatum(label="matricule", hint="x", alphabet=Alphabet.DIGITS, min_length=6, max_length=8)


@pytest.mark.parametrize("character", UNSEEN)
def test_an_invisible_character_is_removed(character: str) -> None:
    """Around a text and inside it."""
    assert fold(f"{character}a{character}b{character}") == "ab"


@pytest.mark.parametrize("character", SPACES)
def test_every_space_is_a_space(character: str) -> None:
    """Inside a text; around it there is none."""
    assert fold(f"{character}a{character}b{character}") == "a b"


@pytest.mark.parametrize("character", DASHES)
def test_every_dash_is_a_hyphen(character: str) -> None:
    """Word processors write others."""
    assert fold(f"a{character}b") == "a-b"


def test_all_dashes_spaces_and_formats_of_unicode_are_folded() -> None:
    """Also those that nobody has thought of."""
    for character in map(chr, range(sys.maxunicode + 1)):
        expected = {"Cf": "ab", "Pd": "a-b", "Zs": "a b", "Zl": "a b", "Zp": "a b"}.get(
            unicodedata.category(character)
        )
        assert expected is None or fold(f"a{character}b") == expected


@given(st.text())
def test_a_folded_text_stays_the_same(text: str) -> None:
    """So that a field may be folded more than once."""
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="latin-1", categories=("L", "N", "S"))))
def test_what_can_be_seen_is_kept(text: str) -> None:
    """Letters, digits and signs."""
    assert fold(text) == text


@pytest.mark.parametrize("character", UNSEEN + SPACES + DASHES)
def test_every_proof_is_understood_with_what_was_pasted_around_and_inside(character: str) -> None:
    """Numbers, codes, dates, answers: one rule for all."""
    assert numen.normalise(f"{character}12E{character}3456789ABC{character}") == "12E3456789ABC"
    assert nir.normalise(f"{character}1 85 05{character}75 056{character}") == "1850575056"
    assert _DATUM.normalise(f"12{character}3456{character}") == "123456"
    assert compact(f"a.b-c d{character}") == "ABCD"
    around = "" if character in DASHES else character
    assert VotingCodeShape().normalise(f"{around}acde{around}3479") == "ACDE3479"
    assert birth_dates.normalise(f"{around}02/05/{around}1985") == "1985-05-02" or character in SPACES
    assert secret_answer.normalise(f"{around}Rue{around}") == "rue"


@pytest.mark.parametrize("character", [*UNSEEN, *SPACES, "\n", "\x7f", "\t"])
def test_a_password_with_something_unseen_is_known(character: str) -> None:
    """An invisible character, or what looks like a space and is none, anywhere."""
    assert has_unseen(f"a{character}b")


@pytest.mark.parametrize(
    ("password", "is_unseen"),
    [("a b", False), ("é’€—ß漢", False), ("", False), (" a", True), ("a ", True), ("a\u00a0", True)],
)
def test_a_plain_space_inside_a_password_is_seen(password: str, is_unseen: bool) -> None:
    """One at an end is not."""
    assert has_unseen(password) is is_unseen

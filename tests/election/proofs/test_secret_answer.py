"""A secret answer is compared without case, outer spaces and Unicode normalisation form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.proofs import secret_answer


@pytest.mark.parametrize(
    "typed",
    [
        "Sète",
        "sète",
        "SÈTE",
        "  Sète ",
        "\u00a0Sète\u202f",
        "Se\u0300te",
        "Ｓète",
    ],
)
def test_the_same_answer_is_recognised(typed: str) -> None:
    """Case, outer spaces and the encoding of accents, in which keyboards differ, are ignored."""
    assert secret_answer.normalise(typed) == secret_answer.normalise("Sète")


@pytest.mark.parametrize("typed", ["Sete", "Séte", "Sè te", "Sète.", "", "Sètes"])
def test_another_answer_is_different(typed: str) -> None:
    """Accents, inner spaces and punctuation count, as the form says."""
    assert secret_answer.normalise(typed) != secret_answer.normalise("Sète")


def test_ligatures_and_german_double_s_have_one_form() -> None:
    """« Œ » is equal to « œ », and « ß » to « SS »."""
    assert secret_answer.normalise("CŒUR") == secret_answer.normalise("cœur")
    assert secret_answer.normalise("Straße") == secret_answer.normalise("STRASSE")


@given(st.text(alphabet=st.characters(codec="latin-1")), st.sampled_from(["", " ", "\n", "\u00a0"]))
def test_encoding_and_outer_spaces_do_not_change_an_answer(answer: str, around: str) -> None:
    """Any Latin-1 text, composed or decomposed, with or without outer spaces."""
    normal = secret_answer.normalise(answer)
    assert secret_answer.normalise(around + answer + around) == normal
    assert secret_answer.normalise(unicodedata.normalize("NFD", answer)) == normal

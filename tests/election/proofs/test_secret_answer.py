"""A secret answer is compared without case, accents, outer spaces and Unicode normalisation form."""

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
        "sete",
        "SETE",
        "Séte",
    ],
)
def test_the_same_answer_is_recognised(typed: str) -> None:
    """Case, outer spaces and accents, in which keyboards and habits differ, are ignored."""
    assert secret_answer.normalise(typed) == secret_answer.normalise("Sète")


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("L’île d’Yeu", "L'île d'Yeu"),
        ("L’île d’Yeu", "l´île  d`yeu"),
        ("L’île d’Yeu", "L\u02bcÎLE\u00a0d\u2032Yeu"),
        ("Jean-Pierre", "Jean\u2011Pierre"),
        ("Jean-Pierre", "Jean–pierre"),
        ("Jean-Pierre", "Jean\u00ad-\u200bPierre"),
        ("rue du Bœuf", "Rue  du Boeuf"),
        ("ex æquo", "EX AEQUO"),
        ("Réglisse", "reglisse"),
        ("reglisse", "Réglisse"),
        ("Đà Lạt", "da lat"),
        ("Łódź", "lodz"),
        ("garçon", "Garcon"),
        ("Jean Pierre", "Jean\tPierre\n"),
    ],
)
def test_signs_and_spaces_are_the_same_however_they_are_written(chosen: str, typed: str) -> None:
    """Apostrophes, hyphens, ligatures, spaces: phones and word processors write them their own way."""
    assert secret_answer.normalise(chosen) == secret_answer.normalise(typed)


@given(st.text(), st.sampled_from(["\u200b", "\u00ad", "\ufeff", "\u202a"]))
def test_a_normal_answer_stays_the_same(answer: str, unseen: str) -> None:
    """Whatever it is made of, and with an invisible character before it."""
    normal = secret_answer.normalise(answer)
    assert secret_answer.normalise(normal) == secret_answer.normalise(unseen + answer) == normal


@pytest.mark.parametrize("typed", ["Sè te", "Sète.", "", "Sètes", "Sèt"])
def test_another_answer_is_different(typed: str) -> None:
    """Letters, inner spaces and punctuation count."""
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

"""What a voter has noted is compared with the secret, group by group."""

import pytest

from web.presenters.noted_copy import compare

_CODE = "AD4&KT7!XRQ9M?HU"
_PASSWORD = "aD4&rTe7!QtR9M?h"
RIGHT = "✔ C’est bien cela\u00a0: vous l’avez noté sans erreur."
# What is typed, and the sentence; the browser's script says the same (tests/browser/test_noted_code.py).
CASES = [
    ("AD4&KT7!XRQ9M?HU", RIGHT),
    (" ad4& kt7!-xrq9\u00a0m?hu", RIGHT),
    ("AD4&\u2011KT7!\u2013XRQ9\u200bM?HU", RIGHT),
    ("AE4& KT7! XRQ9 M?HU", "Le 1er groupe ne correspond pas."),
    ("AD4& KT7& XRQ9 M?HU", "Le 2e groupe ne correspond pas."),
    ("AD4& KT7& XRQ9 M?HV", "Les groupes 2 et 4 ne correspondent pas."),
    ("AE4& KT7& XRQ7 M?HU", "Les groupes 1, 2 et 3 ne correspondent pas."),
    ("AD4& KT! XRQ9 M?HU", "Le 2e groupe ne correspond pas. Il manque 1\u00a0caractère."),
    ("AD4& KT7!", "Le 3e groupe ne correspond pas. Il manque 8\u00a0caractères."),
    ("AD4& KT7! XXRQ9 M?HU", "Le 3e groupe ne correspond pas. Il y a 1\u00a0caractère de trop."),
    ("AD4& KT7! XRQ9 M?HU 12", "Il y a 2\u00a0caractères de trop."),
    (" - ", "Tapez d’abord ce que vous avez noté."),
]


@pytest.mark.parametrize(("typed", "sentence"), CASES)
def test_what_differs_is_named(typed: str, sentence: str) -> None:
    """By its group, and by the characters that are missing or in excess; spaces, hyphens and case do not count."""
    compared = compare(_CODE, typed, 4, case_counts=False)
    assert (compared.sentence, compared.is_right, compared.typed) == (sentence, sentence == RIGHT, typed)


def test_groups_have_the_size_in_which_the_secret_is_shown() -> None:
    """In groups of eight there is no third one."""
    assert compare(_CODE, "AD4&KT7! XRQ9M?HV", 8, case_counts=False).sentence == "Le 2e groupe ne correspond pas."


def test_the_case_of_a_password_counts() -> None:
    """Its spaces do not: they only help to read it."""
    assert compare(_PASSWORD, "aD4& rTe7 !QtR 9M?h", 4, case_counts=True).is_right
    wrong = compare(_PASSWORD, "aD4& rte7 !QtR 9M?h", 4, case_counts=True)
    assert wrong.sentence == "Le 2e groupe ne correspond pas."


def test_what_was_typed_is_in_no_trace() -> None:
    """It may be the code."""
    assert _CODE not in repr(compare(_CODE, _CODE, 4, case_counts=False))

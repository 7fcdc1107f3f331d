"""The rules for new passwords, by election."""

import unicodedata

import pytest
from pydantic import ValidationError

from election.attempts import RequestRules
from election.passwords import PasswordRule, PasswordRules, normalise

RULES_2018 = PasswordRules(shortest=8, longest=24, special=False)
RULES_2022 = PasswordRules()
LENGTH, LOWER, CAPITAL, DIGIT, SPECIAL = PasswordRule


@pytest.mark.parametrize(
    ("rules", "password", "broken"),
    [
        (RULES_2018, "Abcdefg1", []),
        (RULES_2018, "Abcdef1", [LENGTH]),
        (RULES_2018, "Abcdefg1" * 3, []),
        (RULES_2018, "Abcdefg1" * 3 + "x", [LENGTH]),
        (RULES_2018, "ABCDEFG1", [LOWER]),
        (RULES_2018, "abcdefg1", [CAPITAL]),
        (RULES_2018, "Abcdefgh", [DIGIT]),
        (RULES_2022, "Abcdefghij1#", []),
        (RULES_2022, "Abcdefghi1#", [LENGTH]),
        (RULES_2022, "Abcdefghijk1", [SPECIAL]),
        (RULES_2022, "Abcdefghij1 ", [SPECIAL]),
        (RULES_2022, "Éléphant 1943€", []),
        (RULES_2022, "", [LENGTH, LOWER, CAPITAL, DIGIT, SPECIAL]),
        (RULES_2022, " Abcdefghi1#", []),
    ],
)
def test_every_broken_rule_is_named(rules: PasswordRules, password: str, broken: list[PasswordRule]) -> None:
    """2018: 8 to 24 characters, lower case, upper case, digit; 2022: 12 or more and a special one; spaces are characters."""
    assert rules.broken(password) == broken


def test_an_accent_is_the_same_on_every_keyboard() -> None:
    """An é typed as two characters counts and is hashed as one; no space is removed."""
    apart = unicodedata.normalize("NFD", " Éé1éééé ")
    assert normalise(apart) == " Éé1éééé "
    assert RULES_2018.broken(apart) == []
    assert RULES_2018.broken(unicodedata.normalize("NFD", "Éé1éééé")) == [LENGTH]


def test_contradictory_rules_are_refused() -> None:
    """The longest password may not be shorter than the shortest."""
    with pytest.raises(ValidationError, match="longest"):
        PasswordRules(shortest=12, longest=11)


def test_requests_slow_down_and_never_stop() -> None:
    """After a thousand requests the next is refused for an hour at most."""
    rules = RequestRules()
    assert [rules.wait_after(number).total_seconds() for number in (2, 3, 4, 1000)] == [0, 60, 120, 3600]

"""An election's rules for new passwords."""

import unicodedata

import pytest
from pydantic import ValidationError

from election.attempts import RequestRules
from election.passwords import LENGTH, CharacterKind, PasswordRule, PasswordRules, normalise

LOWER, CAPITAL, DIGIT, SPECIAL = CharacterKind
RULES_2018 = PasswordRules(min_length=8, max_length=24, required=(LOWER, CAPITAL, DIGIT))
RULES_2022 = PasswordRules(required=tuple(CharacterKind))
RULES = PasswordRules()


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
        (RULES, "onze lettre", [LENGTH]),
        (RULES, "douze lettres", []),
        (RULES, "194319431943", []),
        (PasswordRules(required=(SPECIAL,)), "douze lettres", [SPECIAL]),
    ],
)
def test_every_broken_rule_is_named(rules: PasswordRules, password: str, broken: list[PasswordRule]) -> None:
    """2018: 8 to 24 characters, small letter, capital, digit; 2022: at least 12 and a special character.

    By default: at least 12, of any kind.
    """
    assert rules.broken(password) == broken


def test_accents_are_composed() -> None:
    """An é in two characters counts and is hashed as one; spaces are kept."""
    apart = unicodedata.normalize("NFD", " Éé1éééé ")
    assert normalise(apart) == " Éé1éééé "
    assert RULES_2018.broken(apart) == []
    assert RULES_2018.broken(unicodedata.normalize("NFD", "Éé1éééé")) == [LENGTH]


def test_contradictory_rules_are_refused() -> None:
    """The maximum length must not be less than the minimum."""
    with pytest.raises(ValidationError, match="max_length"):
        PasswordRules(min_length=12, max_length=11)


@pytest.mark.parametrize(
    ("required", "told"),
    [(["digit", "digit"], "is written twice"), (["length"], "required"), (["accent"], "required")],
)
def test_kinds_that_there_are_not_are_refused(required: list[str], told: str) -> None:
    """Nor may one stand twice."""
    with pytest.raises(ValidationError, match=told):
        PasswordRules.model_validate({"required": required})


def test_repeated_requests_wait_at_most_an_hour() -> None:
    """Requests in an elector's name, however many, delay the elector's own by at most an hour."""
    rules = RequestRules()
    assert [rules.wait_after(number).total_seconds() for number in (2, 3, 4, 1000)] == [0, 60, 120, 3600]

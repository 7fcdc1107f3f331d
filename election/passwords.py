"""The rules for new passwords (2018: 8 to 24 characters; 2022: 12 or more with a special one)."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator


class PasswordRule(StrEnum):
    """One rule that a password must follow."""

    LENGTH = "length"
    LOWER = "lower"
    CAPITAL = "capital"
    DIGIT = "digit"
    SPECIAL = "special"


# Unicode categories, as in the page's script: an é is a lower-case letter, a € is special.
_KINDS = {
    PasswordRule.LOWER: ("Ll",),
    PasswordRule.CAPITAL: ("Lu",),
    PasswordRule.DIGIT: ("Nd",),
    PasswordRule.SPECIAL: ("P", "S"),
}


class PasswordRules(BaseModel, frozen=True, extra="forbid"):
    """The length of a password in characters, and whether one of them must be special."""

    min_length: Annotated[int, Field(ge=8)] = 12
    max_length: Annotated[int, Field(le=256)] = 128
    special_required: bool = True

    @model_validator(mode="after")
    def _some_length(self) -> Self:
        if self.max_length < self.min_length:
            raise ValueError("`max_length` must not be less than `min_length`")
        return self

    @property
    def all(self) -> tuple[PasswordRule, ...]:
        """Every rule of this election, in the order in which pages list them."""
        return tuple(rule for rule in PasswordRule if self.special_required or rule is not PasswordRule.SPECIAL)

    def broken(self, password: str) -> list[PasswordRule]:
        """Return the rules that a password breaks, none when it is accepted."""
        normal = normalise(password)
        return [rule for rule in self.all if not self._follows(rule, normal)]

    def _follows(self, rule: PasswordRule, password: str) -> bool:
        if rule is PasswordRule.LENGTH:
            return self.min_length <= len(password) <= self.max_length
        return any(unicodedata.category(character).startswith(_KINDS[rule]) for character in password)


def normalise(password: str) -> str:
    """Return a password in the form that is hashed: Unicode NFC, with its spaces."""
    return unicodedata.normalize("NFC", password)

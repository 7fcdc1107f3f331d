"""What a new password must be (2018: 8 to 24 characters; 2022: 12 or more, and a special one as well)."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator


class PasswordRule(StrEnum):
    """One thing that a password must have."""

    LENGTH = "length"
    LOWER = "lower"
    CAPITAL = "capital"
    DIGIT = "digit"
    SPECIAL = "special"


# By Unicode's categories, as the page's own script has them: an é is a small letter, a € is special.
_KINDS = {
    PasswordRule.LOWER: ("Ll",),
    PasswordRule.CAPITAL: ("Lu",),
    PasswordRule.DIGIT: ("Nd",),
    PasswordRule.SPECIAL: ("P", "S"),
}


class PasswordRules(BaseModel, frozen=True, extra="forbid"):
    """The length of a password in characters, and whether one of them must be special."""

    shortest: Annotated[int, Field(ge=8)] = 12
    longest: Annotated[int, Field(le=256)] = 128
    special: bool = True

    @model_validator(mode="after")
    def _some_length(self) -> Self:
        if self.longest < self.shortest:
            raise ValueError("`longest` must not be less than `shortest`")
        return self

    @property
    def all(self) -> tuple[PasswordRule, ...]:
        """Every rule of this election, in the order in which they are said."""
        return tuple(rule for rule in PasswordRule if self.special or rule is not PasswordRule.SPECIAL)

    def broken(self, password: str) -> list[PasswordRule]:
        """Return the rules that a password breaks, none when it can be taken."""
        normal = normalise(password)
        return [rule for rule in self.all if not self._keeps(rule, normal)]

    def _keeps(self, rule: PasswordRule, password: str) -> bool:
        if rule is PasswordRule.LENGTH:
            return self.shortest <= len(password) <= self.longest
        return any(unicodedata.category(character).startswith(_KINDS[rule]) for character in password)


def normalise(password: str) -> str:
    """Return a password as it is hashed: an é is one character on every keyboard; no space is taken off."""
    return unicodedata.normalize("NFC", password)

"""The rules for new passwords (2018: 8 to 24 characters of three kinds; 2022: 12 or more of four)."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator

from election.rules.texts import NO_DOUBLES


class CharacterKind(StrEnum):
    """A kind of characters of which an election may require one."""

    LOWERCASE = "lowercase"
    UPPERCASE = "uppercase"
    DIGIT = "digit"
    SPECIAL = "special"


LENGTH: Final = "length"
# What a password must have: its length, or a character of a kind.
PasswordRule: TypeAlias = Literal["length"] | CharacterKind

# Unicode categories, as in the page's script: an é is a lower-case letter, a € is special.
_CATEGORIES = {
    CharacterKind.LOWERCASE: ("Ll",),
    CharacterKind.UPPERCASE: ("Lu",),
    CharacterKind.DIGIT: ("Nd",),
    CharacterKind.SPECIAL: ("P", "S"),
}


class PasswordRules(BaseModel, frozen=True, extra="forbid"):
    """The length of a password in characters, and the kinds of which it must have one each.

    NIST SP 800-63B-4 and OWASP ASVS 5.0 (6.2.5) require no kinds, so none is the default.
    """

    min_length: Annotated[int, Field(ge=8)] = 12
    max_length: Annotated[int, Field(le=256)] = 128
    required: Annotated[tuple[CharacterKind, ...], NO_DOUBLES] = ()

    @model_validator(mode="after")
    def _some_length(self) -> Self:
        if self.max_length < self.min_length:
            raise ValueError("`max_length` must not be less than `min_length`")
        return self

    @property
    def all(self) -> tuple[PasswordRule, ...]:
        """Every rule of this election, in the order in which pages list them."""
        return (LENGTH, *(kind for kind in CharacterKind if kind in self.required))

    def broken(self, password: str) -> list[PasswordRule]:
        """Return the rules that a password breaks, none when it is accepted."""
        normal = normalise(password)
        return [rule for rule in self.all if not self._follows(rule, normal)]

    def _follows(self, rule: PasswordRule, password: str) -> bool:
        if rule == LENGTH:
            return self.min_length <= len(password) <= self.max_length
        return any(unicodedata.category(character).startswith(_CATEGORIES[rule]) for character in password)


def normalise(password: str) -> str:
    """Return a password in the form that is hashed: Unicode NFC, with its spaces."""
    return unicodedata.normalize("NFC", password)

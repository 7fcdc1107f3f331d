"""The shapes of issued credentials: readable, easy to type, and of at least 64 bits."""

import math
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from election.text.folding import ungrouped

# OWASP and NIST: a code of at least 64 bits may be stored with a fast hash.
_MIN_BITS = 64
_LOOK_ALIKES = frozenset("O0I1lBS58Z2G6")
# Letters whose upper and lower case look alike when written by hand.
_ALIKE_IN_BOTH_CASES = frozenset("CcKkoPpsUuVvWwXxYyz")
# On the first page of signs of the French keyboards of both iOS and Android; others are on the second of one of them.
_EASY_SPECIALS = frozenset("@&()/:;!?")


class VotingCodeShape(BaseModel, frozen=True, extra="forbid"):
    """The shape of a voting code: letters, digits and a few special characters that do not look alike, shown in groups.

    Codes are compared without regard to spaces, hyphens or case.
    """

    letters: str = "ACDEFHJKLMNPQRTUVWXY"
    digits: str = "3479"
    specials: str = "@&!?"
    max_specials: Annotated[int, Field(ge=1)] = 3
    length: int = 16
    group_size: Annotated[int, Field(ge=1)] = 4

    @model_validator(mode="after")
    def _strong_and_unambiguous(self) -> Self:
        if not all((self.letters, self.digits, self.specials)):
            raise ValueError("there must be letters, digits and special characters")
        if len(set(self.alphabet)) < len(self.alphabet) or self.normalise(self.alphabet) != self.alphabet:
            raise ValueError("letters must be capitals, and every character stand once, without spaces or hyphens")
        alike = sorted(_LOOK_ALIKES & set(self.alphabet))
        if alike:
            raise ValueError(f"these characters look alike and may not be used: {' '.join(alike)}")
        _require_easy(self.specials)
        if self.bits < _MIN_BITS:
            raise ValueError(f"a code must have at least {_MIN_BITS} bits, this one has {self.bits:.1f}")
        return self

    @property
    def alphabet(self) -> str:
        """Every character that a code may contain."""
        return self.letters + self.digits + self.specials

    @property
    def bits(self) -> float:
        """A lower bound of a code's entropy in bits.

        One place counts as a letter, one as a digit and one as a special character, since a code must contain all
        three, and the others as a letter or a digit, since a code may have no more than one special character.
        """
        mandatory = sum(math.log2(len(kind)) for kind in (self.letters, self.digits, self.specials))
        return mandatory + (self.length - 3) * math.log2(len(self.letters + self.digits))

    def fits(self, code: str) -> bool:
        """Return whether a code has a letter, a digit, and at least one and at most `max_specials` special characters."""
        letters, digits, specials = (
            sum(character in kind for character in code) for kind in (self.letters, self.digits, self.specials)
        )
        return min(letters, digits, specials) > 0 and specials <= self.max_specials

    def normalise(self, typed: str) -> str:
        """Return a typed code in the form that is compared: folded, without spaces or hyphens, in upper case."""
        return ungrouped(typed).upper()

    def groups(self, code: str) -> list[str]:
        """Return a code in groups of `group_size` characters, for display."""
        return [code[start : start + self.group_size] for start in range(0, len(code), self.group_size)]


class GeneratedPasswordShape(BaseModel, frozen=True, extra="forbid"):
    """The shape of a generated password (2011): both cases, digits and special characters that do not look alike.

    Unlike in a voting code, case counts, so letters whose two cases look alike are left out.
    """

    lowercase: str = "abdefhmnrt"
    uppercase: str = "ADEFHLMNQRT"
    digits: str = "3479"
    specials: str = "@&!?"
    length: Annotated[int, Field(ge=8, le=64)] = 16

    @model_validator(mode="after")
    def _strong_and_unambiguous(self) -> Self:
        if not all(self._kinds):
            raise ValueError("there must be small letters, capitals, digits and special characters")
        if len(set(self.alphabet)) < len(self.alphabet) or any(map(str.isspace, self.alphabet)):
            raise ValueError("every character must stand once, and none be a space")
        alike = sorted((_LOOK_ALIKES | _ALIKE_IN_BOTH_CASES) & set(self.alphabet))
        if alike:
            raise ValueError(f"these characters look alike and may not be used: {' '.join(alike)}")
        _require_easy(self.specials)
        if self.bits < _MIN_BITS:
            raise ValueError(f"a password must have at least {_MIN_BITS} bits, this one has {self.bits:.1f}")
        return self

    @property
    def alphabet(self) -> str:
        """Every character that a password may contain."""
        return "".join(self._kinds)

    @property
    def bits(self) -> float:
        """A lower bound of a password's entropy in bits, computed as for a voting code."""
        mandatory = sum(math.log2(len(kind)) for kind in self._kinds)
        return mandatory + (self.length - len(self._kinds)) * math.log2(len(self.alphabet))

    def fits(self, password: str) -> bool:
        """Return whether a password has at least one character of each kind."""
        return all(any(character in kind for character in password) for kind in self._kinds)

    def ungrouped(self, typed: str) -> str | None:
        """Return a password of this shape that was typed in groups, as it is shown, without what separates them; else None."""
        bare = ungrouped(typed)
        has_shape = len(bare) == self.length and set(bare) <= set(self.alphabet) and self.fits(bare)
        return bare if has_shape and bare != typed else None

    @property
    def _kinds(self) -> tuple[str, str, str, str]:
        return (self.lowercase, self.uppercase, self.digits, self.specials)


class IdentifierShape(BaseModel, frozen=True, extra="forbid"):
    """The shape of an identifier (2018): capitals and digits that do not look alike.

    It is of no use without the password, so it needs no 64 bits. Identifiers are compared without regard to case, spaces,
    hyphens and dots (`compact`), also the printed ones of a roll, which may have another shape.
    """

    alphabet: str = "ACDEFHJKLMNPQRTUVWXY3479"
    length: Annotated[int, Field(ge=9, le=32)] = 12

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        kinds = (str.isupper, str.isdigit)
        if not all(character.isascii() and any(kind(character) for kind in kinds) for character in self.alphabet):
            raise ValueError("an identifier has only capitals and digits: its case and its spaces do not count")
        if len(set(self.alphabet)) < max(len(self.alphabet), 16):
            raise ValueError("there must be 16 characters or more, and each must stand once")
        alike = sorted(_LOOK_ALIKES & set(self.alphabet))
        if alike:
            raise ValueError(f"these characters look alike and may not be used: {' '.join(alike)}")
        return self

    def fits(self, identifier: str) -> bool:
        """Return whether all characters are of the alphabet; it need not contain both letters and digits."""
        return set(identifier) <= set(self.alphabet)


def _require_easy(specials: str) -> None:
    hard = sorted(set(specials) - _EASY_SPECIALS)
    if hard:
        easy = " ".join(sorted(_EASY_SPECIALS))
        raise ValueError(f"these characters are hard to find on a phone: {' '.join(hard)}; take some of {easy}")

"""What a voter gives beside the secret answer: which data count as a proof in an election."""

import string
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from election.rules.texts import Name
from election.text.folding import compact

_LETTERS_AND_DIGITS = frozenset(string.ascii_uppercase + string.digits)


class Datum(StrEnum):
    """A datum of the roll that can prove, together with the secret answer, who somebody is."""

    NUMEN = "numen"
    NIR = "nir"
    OTHER = "datum"


class Alphabet(StrEnum):
    """The characters of the election's own datum."""

    DIGITS = "digits"
    LETTERS_AND_DIGITS = "letters_and_digits"

    @property
    def characters(self) -> frozenset[str]:
        """Its characters, letters as capitals."""
        return frozenset(string.digits) if self is Alphabet.DIGITS else _LETTERS_AND_DIGITS


class ProofDatum(BaseModel, frozen=True, extra="forbid"):
    """A non-public datum that the election's administration adds to the roll, as where the NUMEN is a first password.

    `label` follows « votre » in sentences (« numéro d’agent »); `hint` says where it stands and gives an example. Its normal
    form has from `min_length` to `max_length` characters of the alphabet: six at least, which are a million values. There is
    no regular expression here: a careless one takes a minute for one wrong answer, or accepts a single digit.
    """

    label: Annotated[Name, StringConstraints(max_length=60)]
    hint: Annotated[Name, StringConstraints(max_length=200)]
    alphabet: Alphabet
    min_length: Annotated[int, Field(ge=6, le=32)]
    max_length: Annotated[int, Field(ge=6, le=32)]

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError("`min_length` must not be above `max_length`")
        return self

    def normalise(self, typed: str) -> str | None:
        """Return the datum in capitals, without spaces, hyphens and dots, or None when it does not have the form."""
        datum = compact(typed)
        fits = self.min_length <= len(datum) <= self.max_length
        return datum if fits and self.alphabet.characters.issuperset(datum) else None


# Counted from the last recovery of the password: the elector has this long to read the notice in the work mailbox.
AfterPasswordRecovery = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=30))]
# Less than a day needs an override: nobody reads the notice at night (a rule of this house, not of a text).
SHORTEST_WAIT_AFTER_PASSWORD_RECOVERY = timedelta(days=1)

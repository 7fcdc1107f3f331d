"""The level of security that an election keeps (CNIL, délibération 2019-053), and what is weaker than it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from election.rules.texts import Reason

_REFUSES = 2
_FAQ_8 = (
    "CNIL, élections professionnelles, questions-réponses du 24 octobre 2022, n° 8, on objective 2-04 of 2019-053"
)


class Weakness(StrEnum):
    """What level 2 and level 3 refuse: the names in `[security.overrides]`."""

    ONE_CHANNEL = "one_channel"
    NO_CHALLENGE = "no_challenge"
    NIR = "nir"
    BIRTH_DATE = "birth_date"
    BIRTH_DEPARTMENT = "birth_department"
    SHORT_WAIT = "short_wait_after_password_recovery"

    @property
    def reason(self) -> str:
        """What is weak about it, and who says so."""
        return _REASONS[self]


_REASONS = {
    Weakness.ONE_CHANNEL: "`identifier-and-password` delivers both means through the work mailbox, "
    f"where two distinct channels are recommended ({_FAQ_8})",
    Weakness.NO_CHALLENGE: "a recovery asks neither a question that only the elector can answer nor FranceConnect "
    f"({_FAQ_8})",
    Weakness.NIR: "`voting_code_recovery.proofs` takes the NIR, which is no secret "
    "(CNIL, avis 2024-031 of 11 April 2024)",
    Weakness.BIRTH_DATE: f"`identifier` takes the birth date as a proof, which is excluded ({_FAQ_8}; "
    "Conseil d'État, 26 January 2021, n° 437989: civil status is known to others)",
    Weakness.BIRTH_DEPARTMENT: "`identifier-and-password` takes the département of birth as a proof, which is excluded "
    f"({_FAQ_8})",
    Weakness.SHORT_WAIT: "`voting_code_recovery.after_password_recovery` is under a day: who has the work mailbox alone "
    f"recovers the password, then asks for the code before its owner reads the notice (two distinct channels, {_FAQ_8})",
}


class SecurityRules(BaseModel, frozen=True, extra="forbid"):
    """The level, and the reason for each weakness that the election keeps nevertheless.

    The CNIL finds level 2 for most elections of staff representatives, level 3 for large ones in a conflict
    (questions-réponses of 24 October 2022, n° 5). What could be read of its texts adds nothing at level 3 that an
    election's file decides: level 3 refuses what level 2 refuses. Level 1 refuses nothing.
    """

    level: Literal[1, 2, 3] = 2
    overrides: dict[Weakness, Reason] = {}

    def faults(self, found: Collection[Weakness]) -> list[str]:
        """Return a line for each weakness that the level does not allow and nothing overrides, and each override of nothing."""
        refused = [each for each in found if self.level >= _REFUSES and each not in self.overrides]
        unused = [each for each in self.overrides if self.level < _REFUSES or each not in found]
        faults = [f"`security.level` {self.level} refuses `{each}`: {each.reason}" for each in refused]
        if faults:
            faults.append("what must stay needs its name and its reason in `[security.overrides]`")
        return faults + [f"`security.overrides.{each}` overrides nothing: delete it" for each in unused]

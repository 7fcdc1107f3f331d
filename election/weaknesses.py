"""What is weak about the recoveries that an election offers."""

from collections.abc import Collection

from election.procedures import Procedure
from election.rules.proofs import Datum
from election.rules.security import Weakness


def weaknesses(
    procedures: Collection[Procedure], proofs: Collection[Datum], *, challenge: bool, waits: bool = True
) -> tuple[Weakness, ...]:
    """Return what is weak about an election's recoveries.

    `proofs` are the data that a recovery of the voting code takes; `challenge` says whether it asks the challenge question or
    FranceConnect; `waits` whether the question is refused for a day after the password was recovered.
    """
    by_code = Procedure.VOTING_CODE in procedures
    by_identifier = Procedure.IDENTIFIER in procedures
    by_both = Procedure.IDENTIFIER_AND_PASSWORD in procedures
    by_password = by_both or Procedure.PASSWORD in procedures
    found = {
        Weakness.ONE_CHANNEL: by_both,
        Weakness.NO_CHALLENGE: by_identifier or by_both or (by_code and not challenge),
        Weakness.NIR: by_code and Datum.NIR in proofs,
        Weakness.BIRTH_DATE: by_identifier,
        Weakness.BIRTH_DEPARTMENT: by_both,
        Weakness.SHORT_WAIT: by_code and by_password and not waits,
    }
    return tuple(weakness for weakness, is_found in found.items() if is_found)

"""The normal form of each datum that an election may ask as a proof."""

from collections.abc import Callable

from election.proofs import nir, numen
from election.rules.proofs import Datum, ProofDatum

_NORMALISE: dict[Datum, Callable[[str], str | None]] = {Datum.NUMEN: numen.normalise, Datum.NIR: nir.normalise}


def normalise(datum: Datum, typed: str, other: ProofDatum | None) -> str | None:
    """Return what was typed in the normal form of a datum, or None when it has not its shape.

    `other` is the election's own datum, if it has one.
    """
    if datum is Datum.OTHER:
        return other.normalise(typed) if other else None
    return _NORMALISE[datum](typed)

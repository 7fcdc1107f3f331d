"""The recovery procedures, their workflow ids, and the references by which people name a recovery."""

import re
from enum import StrEnum

from election.text.folding import compact

# The `RecoveryProcedure` of an elector's objections, which replace no credential.
OBJECTION = "objection"
_OBJECTION_PREFIX = "opposition"
_HEXADECIMAL = re.compile(r"[0-9A-F]{12}")
# No other letter or digit of a reference looks like these.
_MISREAD = str.maketrans("OIL", "011")


class Procedure(StrEnum):
    """The credential that a recovery replaces: `RecoveryProcedure`, and the name in an election's file."""

    VOTING_CODE = "voting-code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a procedure
    IDENTIFIER_AND_PASSWORD = "identifier-and-password"  # noqa: S105 - the name of a procedure

    @property
    def folder(self) -> str:
        """The name with underscores: the prefix of its message folders and of its journal events."""
        return self.value.replace("-", "_")

    @property
    def id_prefix(self) -> str:
        """The first part of the workflow ids of its recoveries, which operators read."""
        return _ID_PREFIXES[self]


_ID_PREFIXES = {
    Procedure.VOTING_CODE: "code-de-vote",
    Procedure.IDENTIFIER: "identifiant",
    Procedure.PASSWORD: "mot-de-passe",
    Procedure.IDENTIFIER_AND_PASSWORD: "identifiant-et-mot-de-passe",
}
_PROCEDURES = {prefix: procedure for procedure, prefix in _ID_PREFIXES.items()}


def workflow_id_of(procedure: Procedure, subject: str) -> str:
    """Return the id of a recovery, `code-de-vote/…/A45F-E11F-D6F9`: it ends in the reference that the elector reads.

    Temporal allows one running workflow for each id. `subject` is in lower case.
    """
    return _id_of(procedure.id_prefix, subject)


def objection_id_of(elector_id: str) -> str:
    """Return the id of the workflow of an elector's objections."""
    return _id_of(_OBJECTION_PREFIX, elector_id)


def _id_of(prefix: str, subject: str) -> str:
    return f"{prefix}/{subject[12:]}/{reference_of(subject)}"


def reference_of(subject: str) -> str:
    """Return the reference that an elector reads out on the phone: the first 12 characters of the subject."""
    return "-".join(subject[start : start + 4].upper() for start in (0, 4, 8))


def subject_of(workflow_id: str) -> str:
    """Return the subject of a recovery's workflow id: an elector's id, or the keyed hash of what was typed."""
    rest, _, reference = workflow_id.partition("/")[2].rpartition("/")
    return f"{reference.replace('-', '').lower()}{rest}"


def procedure_of(workflow_id: str) -> Procedure:
    """Return the procedure of a recovery's workflow id.

    Raises:
        ValueError: it is not a recovery's id.
    """
    prefix = workflow_id.partition("/")[0]
    if prefix not in _PROCEDURES:
        raise ValueError(f"{prefix!r} begins no recovery's id")
    return _PROCEDURES[prefix]


def kind_of(workflow_id: str) -> str:
    """Return the procedure of a recovery's workflow id, or of another one its first part."""
    prefix = workflow_id.partition("/")[0]
    return _PROCEDURES.get(prefix, prefix)


def reference_in(typed: str) -> str | None:
    """Return the reference that somebody typed, as voters read it, or None if it is none.

    In any case, with any separators or none, with O for 0 and I or L for 1; a workflow id has its reference at its end.
    """
    letters = compact(typed.rpartition("/")[2]).translate(_MISREAD)
    return reference_of(letters) if _HEXADECIMAL.fullmatch(letters) else None

"""The recovery procedures, and the workflow ids that begin with them."""

from enum import StrEnum

# The first part of the workflow id of an elector's objections, and their `RecoveryProcedure`; they replace no credential.
OBJECTION = "objection"


class Procedure(StrEnum):
    """The credential that a recovery replaces: the first part of its workflow id, and `RecoveryProcedure`."""

    VOTING_CODE = "voting-code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a procedure
    IDENTIFIER_AND_PASSWORD = "identifier-and-password"  # noqa: S105 - the name of a procedure

    @property
    def folder(self) -> str:
        """The name with underscores: the prefix of its message folders and of its journal events."""
        return self.value.replace("-", "_")


def workflow_id_of(procedure: Procedure, subject: str) -> str:
    """Return the id of a recovery; Temporal allows one running workflow for each id."""
    return f"{procedure}/{subject}"


def reference_of(subject: str) -> str:
    """Return the reference that an elector reads out on the phone: the first 12 characters of the subject."""
    return "-".join(subject[start : start + 4].upper() for start in (0, 4, 8))


def procedure_of(workflow_id: str) -> Procedure:
    """Return the procedure of a recovery's workflow id.

    Raises:
        ValueError: it is not a recovery's id.
    """
    return Procedure(workflow_id.partition("/")[0])

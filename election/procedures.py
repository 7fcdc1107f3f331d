"""The recovery procedures, and how the id of a recovery names its own."""

from enum import StrEnum


class Procedure(StrEnum):
    """What a recovery replaces; the first part of its workflow's id, and the search attribute `RecoveryProcedure`."""

    VOTING_CODE = "voting-code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a procedure
    IDENTIFIER_AND_PASSWORD = "identifier-and-password"  # noqa: S105 - the name of a procedure

    @property
    def folder(self) -> str:
        """How the folders of its messages begin."""
        return self.value.replace("-", "_")


def workflow_id_of(procedure: Procedure, subject: str) -> str:
    """Return the id of a recovery: Temporal itself sees to it that only one of a subject lives."""
    return f"{procedure}/{subject}"


def reference_of(subject: str) -> str:
    """Return how an elector's recoveries are called on the phone: the beginning of their ids after the procedure."""
    return "-".join(subject[start : start + 4].upper() for start in (0, 4, 8))


def procedure_of(workflow_id: str) -> Procedure:
    """Return the procedure of a recovery.

    Raises:
        ValueError: no recovery has that id.
    """
    return Procedure(workflow_id.partition("/")[0])

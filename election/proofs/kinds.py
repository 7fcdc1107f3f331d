"""The proofs of identity for a voting code."""

from enum import StrEnum


class Proof(StrEnum):
    """Which proof an envelope contains."""

    CHALLENGE = "challenge"
    IDENTITY = "identity"

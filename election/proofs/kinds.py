"""The proofs of identity for a voting code."""

from enum import StrEnum


class Proof(StrEnum):
    """Which proof a sealed envelope contains."""

    CHALLENGE = "challenge"
    IDENTITY = "identity"

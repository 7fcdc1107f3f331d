"""How a voter proves identity before a credential is replaced."""

from enum import StrEnum


class Proof(StrEnum):
    """Which proof an envelope holds."""

    CHALLENGE = "challenge"
    IDENTITY = "identity"

"""Draws voting codes, passwords and identifiers."""

import secrets
from typing import Protocol


class SecretShape(Protocol):
    """What a drawn secret looks like."""

    @property
    def length(self) -> int:
        """How many characters it has."""

    @property
    def alphabet(self) -> str:
        """Every character that it may have."""

    def fits(self, drawn: str, /) -> bool:
        """Return whether it has a character of each kind that it must have."""


def generate_secret(shape: SecretShape) -> str:
    """Return a secret of this shape, every one that fits being as likely as another."""
    while True:
        drawn = "".join(secrets.choice(shape.alphabet) for _ in range(shape.length))
        if shape.fits(drawn):
            return drawn

"""Generates voting codes, passwords and identifiers."""

import secrets
from typing import Protocol


class SecretShape(Protocol):
    """The length and the characters of a generated secret."""

    @property
    def length(self) -> int:
        """How many characters it has."""

    @property
    def alphabet(self) -> str:
        """Every character that it may have."""

    def fits(self, secret: str, /) -> bool:
        """Return whether it has a character of each kind that it must have."""


def generate_secret(shape: SecretShape) -> str:
    """Return a random secret of this shape, uniformly distributed over all that fit."""
    while True:
        secret = "".join(secrets.choice(shape.alphabet) for _ in range(shape.length))
        if shape.fits(secret):
            return secret

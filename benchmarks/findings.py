"""What an experiment found, beside what it found of others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One experiment: what Django's and allauth's password resets did in it, what ours does, whether that will do."""

    experiment: str
    others: str
    ours: str
    holds: bool

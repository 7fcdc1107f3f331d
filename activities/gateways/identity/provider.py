"""FranceConnect, the State's identity provider: what is asked of it, and what comes back."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from election.proofs.identity import CivilIdentity


class LoginFault(StrEnum):
    """Why a way through FranceConnect gave no identity; each has its own sentence."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    TAMPERED = "tampered"
    AWAY = "away"


@dataclass(frozen=True)
class Login:
    """What binds an answer to the browser that asked: three values of 22 characters or more, for one login."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """What a browser brought back from the provider, as it came; what is missing is empty."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class Vouched:
    """The identity and the address that FranceConnect vouches for, and the token that a logout needs."""

    identity: CivilIdentity = field(repr=False)
    email: str = field(repr=False)
    id_token: str = field(repr=False)


class FranceConnect(Protocol):
    """An identity provider. Errors are values: a voter reads a sentence for each."""

    @property
    def origin(self) -> str:
        """Scheme and host of its pages: a form that leads there must be allowed to."""
        ...

    async def way_in(self, login: Login) -> str | LoginFault:
        """Return the address that the browser goes to, or AWAY."""
        ...

    async def vouched(self, login: Login, arrival: Arrival) -> Vouched | LoginFault:
        """Return who came back, once every check has passed, or why nobody did."""
        ...

    async def way_out(self, id_token: str, back: str) -> str | LoginFault:
        """Return the address that ends the session there and leads back to a page of ours, or AWAY."""
        ...

"""What the web asks of FranceConnect, and the console of the operators' provider, and what they get back."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from election.proofs.identity import CivilIdentity


class LoginFailure(StrEnum):
    """Why a login at a provider gave no identity; web and console have a sentence for each."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    TAMPERED = "tampered"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Login:
    """The state, nonce and PKCE verifier of one login, of 22 characters or more each."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class AuthorizationResponse:
    """The query of the callback as the browser sent it (RFC 6749, 4.1.2); what is missing is empty."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class VerifiedIdentity:
    """The identity and the mail address that FranceConnect returned, and the ID token that a logout needs."""

    identity: CivilIdentity = field(repr=False)
    email: str = field(repr=False)
    id_token: str = field(repr=False)


@dataclass(frozen=True)
class VerifiedOperator:
    """A person who signed in to the console: a login and a name for the journal, and the roles that the provider gives.

    `subject` tells persons apart; a login may change, and may be another person's later.
    """

    subject: str
    login: str
    name: str
    roles: frozenset[str]


class IdentityProvider(Protocol):
    """The interface of both identity providers; a failure is returned, not raised, because each has its own sentence on a page."""

    @property
    def origin(self) -> str:
        """The scheme and host of its pages, for the Content-Security-Policy's `form-action`."""
        ...

    @property
    def fault(self) -> str:
        """What an operator must mend in the settings, as far as it is known; else empty."""
        ...

    async def check(self) -> None:
        """Ask the provider for its settings, so that `fault` is known."""
        ...

    async def authorization_url(self, login: Login) -> str | LoginFailure:
        """Return the URL of the authorization page, or UNAVAILABLE."""
        ...


class OperatorProvider(IdentityProvider, Protocol):
    """The identity provider of operators."""

    async def verified_identity(
        self, login: Login, response: AuthorizationResponse
    ) -> VerifiedOperator | LoginFailure:
        """Return the person behind the code of a response, once every check has passed, or why there is none."""
        ...

    async def logout_url(self, back: str) -> str | LoginFailure:
        """Return the URL that ends the session there and redirects to `back`, or UNAVAILABLE."""
        ...


class FranceConnect(IdentityProvider, Protocol):
    """The identity provider of voters."""

    async def verified_identity(
        self, login: Login, response: AuthorizationResponse
    ) -> VerifiedIdentity | LoginFailure:
        """Return the identity behind the code of a response, once every check has passed, or why there is none."""
        ...

    async def logout_url(self, id_token: str, back: str) -> str | LoginFailure:
        """Return the URL that ends the session there and redirects to `back`, or UNAVAILABLE."""
        ...

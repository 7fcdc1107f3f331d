"""A relying party of the organiser's own identity provider, by which operators sign in to the console."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from unicodedata import category

import httpx2

from activities.gateways.identity.openid_client import OpenIdClient, Registration
from activities.gateways.identity.provider import LoginFailure, VerifiedOperator
from activities.gateways.identity.tokens import IdentityTokens, InvalidTokenError

_LONGEST = 100  # of a name, as in the table of sessions
# Of a login, so that a line of the journal has the whole of it and something of the name.
LONGEST_LOGIN = 60
_FINGERPRINT = 8
# What a person wrote into a name must not look like the login that follows it in parentheses.
_KEPT_AS = {"Ps": "[", "Pe": "]", "Zs": " "}


@dataclass(frozen=True)
class OperatorClaims:
    """What the tokens of this provider are like: their algorithms, and where they have a person's roles.

    `roles` is the name of a claim, or a path such as `realm_access.roles`. A role's name there begins with `prefix`.
    """

    algorithms: tuple[str, ...]
    roles: str = "roles"
    prefix: str = ""
    scopes: str = "openid profile"


class OpenIdOperators(OpenIdClient[VerifiedOperator]):
    """A client of any OpenID provider; the roles are read from the ID token, or else from its user information."""

    name = "console"

    def __init__(
        self,
        account: Registration,
        claims: OperatorClaims,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        tokens = IdentityTokens(account.issuer, account.client_id, now, claims.algorithms)
        super().__init__(account, tokens, now, transport)
        self._named = claims

    @property
    def asked(self) -> dict[str, str]:
        """The scopes that the settings name."""
        return {"scope": self._named.scopes}

    async def logout_url(self, back: str) -> str | LoginFailure:
        """Return the URL of the provider's logout page, or UNAVAILABLE also where it has none."""
        query = {"client_id": self._account.client_id, "post_logout_redirect_uri": back}
        return await self._endpoint_url("end_session_endpoint", query)

    async def _identity_of(
        self, http: httpx2.AsyncClient, tokens: dict[str, Any], claims: dict[str, Any]
    ) -> VerifiedOperator:
        if at_path(claims, self._named.roles) is None and "userinfo_endpoint" in await self._discovered(http):
            user_info = (await self._user_info(http, tokens["access_token"])).json()
            if user_info["sub"] != claims["sub"]:
                raise InvalidTokenError("sub")
            claims = {**user_info, **claims}
        login = _login(claims.get("preferred_username")) or _login(claims["sub"])
        name = _text(claims.get("name"))[:_LONGEST].strip()
        person = subject_of(self._account.issuer, claims["sub"])
        return VerifiedOperator(person, login, name or login, self._roles(claims))

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[str]:
        found = at_path(claims, self._named.roles)
        given = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        prefix = self._named.prefix
        return frozenset(str(each).removeprefix(prefix) for each in given if str(each).startswith(prefix))


def _text(value: object) -> str:
    """Return a claim as a text that database and journal can keep, with single spaces and without parentheses."""
    text = "".join(_KEPT_AS.get(category(each), each) for each in str(value or ""))
    return " ".join("".join(each for each in text if each.isprintable()).split())


def _login(value: object) -> str:
    """Return a login; of one that is too long the beginning, and a fingerprint that tells it from others."""
    login = _text(value)
    if len(login) <= LONGEST_LOGIN:
        return login
    return f"{login[: LONGEST_LOGIN - _FINGERPRINT - 1]}~{sha256(login.encode()).hexdigest()[:_FINGERPRINT]}"


def subject_of(issuer: str, sub: object) -> str:
    """Return what tells a person from all others and never changes, unlike names: issuer and `sub` (OpenID Core, 5.7), hashed."""
    return sha256(f"{issuer}\n{sub}".encode(errors="replace")).hexdigest()


def at_path(claims: Mapping[str, Any], path: str) -> object:
    """Return the claim of this name, or what a path with full stops leads to, or None."""
    if path in claims:  # a name may have full stops itself: `https://example.org/roles`
        return claims[path]
    found: object = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found

"""A relying party of FranceConnect v2: authorization code with PKCE, every answer signed ES256."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2

from activities.gateways.identity.openid_client import OpenIdClient, Registration
from activities.gateways.identity.provider import LoginFailure, VerifiedIdentity
from activities.gateways.identity.tokens import IdentityTokens, InvalidTokenError, base64url, digest
from election.proofs.identity import CivilIdentity

_SCOPES = "openid given_name family_name birthdate gender birthplace birthcountry email"
_LEVEL = "eidas1"
_LEVELS = ("eidas1", "eidas2", "eidas3")  # FranceConnect may give more than was asked
_ALGORITHMS = ("ES256",)
_IDENTITY = ("family_name", "given_name", "birthdate", "gender", "birthplace", "birthcountry")


class OpenIdFranceConnect(OpenIdClient[VerifiedIdentity]):
    """A client of FranceConnect."""

    name = "france_connect"

    def __init__(
        self,
        account: Registration,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        tokens = IdentityTokens(account.issuer, account.client_id, now, _ALGORITHMS, _LEVELS)
        super().__init__(account, tokens, now, transport)

    @property
    def asked(self) -> dict[str, str]:
        """The identity, at the level that FranceConnect gives to everybody."""
        return {"scope": _SCOPES, "acr_values": _LEVEL}

    async def logout_url(self, id_token: str, back: str) -> str | LoginFailure:
        """Return the URL of the logout page."""
        query = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": back,
            "state": base64url(digest(id_token)),
        }
        return await self._endpoint_url("end_session_endpoint", query)

    async def _identity_of(
        self, http: httpx2.AsyncClient, tokens: dict[str, Any], claims: dict[str, Any]
    ) -> VerifiedIdentity:
        token = (await self._user_info(http, tokens["access_token"])).text
        user_info = await self._claims(http, token)
        if user_info.get("sub") != claims["sub"]:
            raise InvalidTokenError("sub")
        identity = CivilIdentity(**{name: str(user_info.get(name) or "") for name in _IDENTITY})
        return VerifiedIdentity(identity, str(user_info.get("email") or ""), tokens["id_token"])

"""A relying party of FranceConnect v2: authorization code with PKCE, every answer signed ES256."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from activities.config.last_state import LastState
from activities.gateways.identity.provider import AuthorizationResponse, Login, LoginFailure, VerifiedIdentity
from activities.gateways.identity.tokens import (
    IdentityTokens,
    InvalidSignatureError,
    InvalidTokenError,
    base64url,
    digest,
    key_id_of,
)
from election.proofs.identity import CivilIdentity

_SCOPES = "openid given_name family_name birthdate gender birthplace birthcountry email"
_LEVEL = "eidas1"
_TIMEOUT = 5.0  # seconds for each answer: a code expires after thirty
# A provider that takes a key away expects it to be no longer used within hours.
_KEYS_KEPT = timedelta(hours=1)
_OTHER_ISSUER = "REASSORT_FRANCE_CONNECT_ISSUER is {}, and the provider's discovery document says {}"
# RFC 6749, 5.2: what the provider refuses to every login, until our settings or our registration are mended.
_OF_OUR_ACCOUNT = {
    "invalid_client",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}
_REFUSED = "the provider answers {}: check REASSORT_FRANCE_CONNECT_CLIENT_ID, REASSORT_FRANCE_CONNECT_SECRET and our registration"
# No answer, or one that is not a provider's.
_NO_ANSWER = (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError)
_log = structlog.stdlib.get_logger(__name__)
_IDENTITY = ("family_name", "given_name", "birthdate", "gender", "birthplace", "birthcountry")


@dataclass(frozen=True)
class FranceConnectAccount:
    """This client's registration at the provider; `callback` is the redirect URI."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    callback: str


class OpenIdFranceConnect:
    """A client of FranceConnect by its discovery document; its keys are read again when an unknown one signs."""

    def __init__(
        self,
        account: FranceConnectAccount,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._account = account
        self._transport = transport
        self._tokens = IdentityTokens(account.issuer, account.client_id, now)
        self._discovery: dict[str, Any] = {}
        # What only an operator can mend, for `/healthz`.
        self.fault = ""
        self._state = LastState()
        self._keys: dict[str, ECKey] = {}
        self._now = now
        self._keys_read_at = now()

    @property
    def origin(self) -> str:
        """The scheme and host of the provider."""
        parts = urlsplit(self._account.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    async def authorization_url(self, login: Login) -> str | LoginFailure:
        """Return the URL of the authorization page."""
        query = {
            "response_type": "code",
            "client_id": self._account.client_id,
            "redirect_uri": self._account.callback,
            "scope": _SCOPES,
            "acr_values": _LEVEL,
            "state": login.state,
            "nonce": login.nonce,
            "code_challenge": base64url(digest(login.verifier)),
            "code_challenge_method": "S256",
        }
        return await self._endpoint_url("authorization_endpoint", query)

    async def logout_url(self, id_token: str, back: str) -> str | LoginFailure:
        """Return the URL of the logout page."""
        query = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": back,
            "state": base64url(digest(id_token)),
        }
        return await self._endpoint_url("end_session_endpoint", query)

    async def verified_identity(
        self, login: Login, response: AuthorizationResponse
    ) -> VerifiedIdentity | LoginFailure:
        """Return the identity behind the code of a response whose state is the login's."""
        if response.state != login.state or response.issuer not in {"", self._account.issuer}:
            return LoginFailure.TAMPERED  # RFC 9207: the response names another provider
        if response.error == "access_denied":
            return LoginFailure.CANCELLED
        if response.error:
            return self._unavailable("the callback has an error")  # whose words anybody may have written
        try:
            async with self._http() as http:
                verified = await self._redeemed(http, login, response.code)
        except InvalidTokenError as error:
            self._note(f"token {error}")
            return LoginFailure.TAMPERED
        except (
            httpx2.HTTPError,
            JoseError,
            ValueError,
            KeyError,
            TypeError,
        ) as error:  # no answer, or not a provider's
            return self._unavailable(_cause(error))
        if isinstance(verified, VerifiedIdentity):
            self.fault = ""
            self._note("")
        return verified

    def _unavailable(self, cause: str) -> LoginFailure:
        self._note(cause)
        return LoginFailure.UNAVAILABLE

    def _note(self, fault: str) -> None:
        """Log why logins fail, once for each cause, and that they succeed again."""
        if self._state.changes_to(fault):
            if fault:
                _log.warning("france_connect_fails", fault=fault)
            else:
                _log.info("france_connect_works_again")

    async def _redeemed(
        self, http: httpx2.AsyncClient, login: Login, code: str
    ) -> VerifiedIdentity | LoginFailure:
        account = self._account
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": account.callback,
            "client_id": account.client_id,
            "client_secret": account.secret,
            "code_verifier": login.verifier,
        }
        answer = await http.post((await self._discovered(http))["token_endpoint"], data=form)
        if answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            return self._refused(answer.json()["error"])
        tokens = answer.raise_for_status().json()
        claims = await self._claims(http, tokens["id_token"])
        self._tokens.check_login(claims, login.nonce, tokens["access_token"])
        user_info = await self._user_info(http, tokens["access_token"])
        if user_info.get("sub") != claims["sub"]:
            raise InvalidTokenError("sub")
        identity = CivilIdentity(**{name: str(user_info.get(name) or "") for name in _IDENTITY})
        return VerifiedIdentity(identity, str(user_info.get("email") or ""), tokens["id_token"])

    def _refused(self, error: str) -> LoginFailure:
        if error == "invalid_grant":
            return LoginFailure.EXPIRED
        if error in _OF_OUR_ACCOUNT:
            self.fault = _REFUSED.format(error)
            return self._unavailable(error)
        return self._unavailable("refused")

    async def _user_info(self, http: httpx2.AsyncClient, access_token: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {access_token}"}
        answer = await http.get((await self._discovered(http))["userinfo_endpoint"], headers=bearer)
        token = answer.raise_for_status().text
        return await self._claims(http, token)

    async def _claims(self, http: httpx2.AsyncClient, token: str) -> dict[str, Any]:
        """Return the claims of a token; the keys are read anew when they are old, lack its key, or do not fit its signature."""
        name = key_id_of(token)
        must_read = name not in self._keys or self._now() - self._keys_read_at > _KEYS_KEPT
        if must_read:
            await self._read_keys(http)
        try:
            return self._tokens.claims(token, self._key(name))
        except InvalidSignatureError:
            if must_read:
                raise
        await self._read_keys(http)
        return self._tokens.claims(token, self._key(name))

    async def _read_keys(self, http: httpx2.AsyncClient) -> None:
        answer = await http.get((await self._discovered(http))["jwks_uri"])
        found = [(each.get("kid"), _readable(each)) for each in answer.raise_for_status().json()["keys"]]
        self._keys = {str(name): key for name, key in found if name and key}
        self._keys_read_at = self._now()

    def _key(self, name: str) -> ECKey:
        if name not in self._keys:
            raise InvalidTokenError("an unknown key")
        return self._keys[name]

    async def _endpoint_url(self, name: str, query: dict[str, str]) -> str | LoginFailure:
        try:
            async with self._http() as http:
                return f"{(await self._discovered(http))[name]}?{urlencode(query)}"
        except _NO_ANSWER as error:
            return self._unavailable(_cause(error))

    async def _discovered(self, http: httpx2.AsyncClient) -> dict[str, Any]:
        if not self._discovery:
            answer = await http.get(f"{self._account.issuer.rstrip('/')}/.well-known/openid-configuration")
            found: dict[str, Any] = answer.raise_for_status().json()
            if found["issuer"] != self._account.issuer:
                self.fault = _OTHER_ISSUER.format(self._account.issuer, found["issuer"])
                raise ValueError(self.fault)
            self.fault, self._discovery = "", found
        return self._discovery

    async def check(self) -> None:
        """Read the discovery document, so that `fault` says what an operator must mend; an outage is none."""
        with suppress(*_NO_ANSWER):
            async with self._http() as http:
                await self._discovered(http)

    def _http(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(timeout=_TIMEOUT, transport=self._transport)


def _cause(error: Exception) -> str:
    """Return what went wrong, without addresses and without what was sent."""
    if isinstance(error, httpx2.HTTPStatusError):
        return f"status {error.response.status_code}"
    return type(error).__name__


def _readable(key: dict[str, Any]) -> ECKey | None:
    """Return a key of the provider's set, or None for one that we cannot use: it must not take the others with it."""
    try:
        return ECKey.import_key(key) if key.get("kty") == "EC" else None
    except (JoseError, ValueError, KeyError, TypeError):
        return None

"""What the clients of OpenID providers share: authorization code with PKCE, discovery, keys, and what an operator must mend."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from activities.config.last_state import LastState
from activities.gateways.identity.provider import AuthorizationResponse, Login, LoginFailure
from activities.gateways.identity.tokens import (
    IdentityTokens,
    InvalidSignatureError,
    InvalidTokenError,
    Key,
    base64url,
    digest,
    key_id_of,
)

_TIMEOUT = 5.0  # seconds for each answer: a code expires after thirty
# A provider that takes a key away, or moves an endpoint, expects it to be no longer used within hours.
_KEPT = timedelta(hours=1)
_OTHER_ISSUER = "REASSORT_{}_ISSUER is {}, and the provider's discovery document says {}"
# RFC 6749, 5.2: what the provider refuses to every login, until our settings or our registration are mended.
_OF_OUR_ACCOUNT = {
    "invalid_client",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}
_REFUSED = "the provider answers {0}: check REASSORT_{1}_CLIENT_ID, REASSORT_{1}_SECRET and our registration"
# No answer, or one that is not a provider's.
_NO_ANSWER = (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError)
_POST, _BASIC = "client_secret_post", "client_secret_basic"
_log = structlog.stdlib.get_logger(__name__)

IdentityT = TypeVar("IdentityT")


@dataclass(frozen=True)
class Registration:
    """This client's registration at a provider; `callback` is the redirect URI."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    callback: str


class OpenIdClient(ABC, Generic[IdentityT]):
    """A client of a provider by its discovery document; its keys are read again when an unknown one signs.

    Both are read again after an hour, and the document when an endpoint has not answered. `name` is that of the provider in
    logs, and in capitals that of its settings. A class for one provider says what it asks (`asked`) and what identity it makes
    of the tokens (`_identity_of`).
    """

    name: str

    def __init__(
        self,
        account: Registration,
        tokens: IdentityTokens,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._account = account
        self._transport = transport
        self._tokens = tokens
        self._discovery: dict[str, Any] = {}
        self._discovered_at = now()
        self._other_issuer = self._refusal = ""
        self._state = LastState()
        self._keys: dict[str, Key] = {}
        self._now = now
        self._keys_read_at = now()

    @property
    @abstractmethod
    def asked(self) -> dict[str, str]:
        """The parameters of an authorization request that are this provider's own."""

    @abstractmethod
    async def _identity_of(
        self, http: httpx2.AsyncClient, tokens: dict[str, Any], claims: dict[str, Any]
    ) -> IdentityT:
        """Return the identity, from the tokens and the verified claims of the ID token."""

    @property
    def fault(self) -> str:
        """What only an operator can mend, for `/healthz`."""
        return self._other_issuer or self._refusal

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
            **self.asked,
            "state": login.state,
            "nonce": login.nonce,
            "code_challenge": base64url(digest(login.verifier)),
            "code_challenge_method": "S256",
        }
        return await self._endpoint_url("authorization_endpoint", query)

    async def verified_identity(self, login: Login, response: AuthorizationResponse) -> IdentityT | LoginFailure:
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
        except _NO_ANSWER as error:
            self._discovery = {}  # an endpoint may have moved
            return self._unavailable(_cause(error))
        if not isinstance(verified, LoginFailure):
            self._refusal = ""
            self._note("")
        return verified

    def _unavailable(self, cause: str) -> LoginFailure:
        self._note(cause)
        return LoginFailure.UNAVAILABLE

    def _note(self, fault: str) -> None:
        """Log why logins fail, once for each cause, and that they succeed again."""
        if self._state.changes_to(fault):
            if fault:
                _log.warning(f"{self.name}_fails", fault=fault)
            else:
                _log.info(f"{self.name}_works_again")

    async def _redeemed(self, http: httpx2.AsyncClient, login: Login, code: str) -> IdentityT | LoginFailure:
        discovered = await self._discovered(http)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._account.callback,
            "client_id": self._account.client_id,
            "code_verifier": login.verifier,
        }
        auth = httpx2.Auth()
        methods = discovered.get("token_endpoint_auth_methods_supported", [_POST])
        if self._account.secret and _POST not in methods and _BASIC in methods:
            auth = httpx2.BasicAuth(self._account.client_id, self._account.secret)
        elif self._account.secret:
            form["client_secret"] = self._account.secret
        answer = await http.post(discovered["token_endpoint"], data=form, auth=auth)
        if answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            return self._refused(answer.json()["error"])
        tokens = answer.raise_for_status().json()
        claims = await self._claims(http, tokens["id_token"])
        self._tokens.check_login(claims, login.nonce, tokens["access_token"])
        return await self._identity_of(http, tokens, claims)

    def _refused(self, error: str) -> LoginFailure:
        if error == "invalid_grant":
            return LoginFailure.EXPIRED
        if error in _OF_OUR_ACCOUNT:
            self._refusal = _REFUSED.format(error, self.name.upper())
            return self._unavailable(error)
        return self._unavailable("refused")

    async def _user_info(self, http: httpx2.AsyncClient, access_token: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {access_token}"}
        answer = await http.get((await self._discovered(http))["userinfo_endpoint"], headers=bearer)
        return answer.raise_for_status()

    async def _claims(self, http: httpx2.AsyncClient, token: str) -> dict[str, Any]:
        """Return the claims of a token; the keys are read anew when they are old, lack its key, or do not fit its signature."""
        name = key_id_of(token)
        must_read = name not in self._keys or self._now() - self._keys_read_at > _KEPT
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

    def _key(self, name: str) -> Key:
        if name not in self._keys:
            raise InvalidTokenError("an unknown key")
        return self._keys[name]

    async def _endpoint_url(self, name: str, query: dict[str, str]) -> str | LoginFailure:
        try:
            async with self._http() as http:
                endpoint = str((await self._discovered(http))[name])
        except _NO_ANSWER as error:
            return self._unavailable(_cause(error))
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def _discovered(self, http: httpx2.AsyncClient) -> dict[str, Any]:
        if not self._discovery or self._now() - self._discovered_at > _KEPT:
            answer = await http.get(f"{self._account.issuer.rstrip('/')}/.well-known/openid-configuration")
            found: dict[str, Any] = answer.raise_for_status().json()
            if found["issuer"] != self._account.issuer:
                self._other_issuer = _OTHER_ISSUER.format(self.name.upper(), self._account.issuer, found["issuer"])
                raise ValueError(self._other_issuer)
            self._other_issuer, self._discovery, self._discovered_at = "", found, self._now()
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


def _readable(key: dict[str, Any]) -> Key | None:
    """Return a key of the provider's set, or None for one that we cannot use: it must not take the others with it."""
    kinds: dict[object, type[ECKey | RSAKey]] = {"EC": ECKey, "RSA": RSAKey}
    kind = kinds.get(key.get("kty"))
    if kind is None:
        return None
    try:
        return kind.import_key(key)
    except (JoseError, ValueError, KeyError, TypeError):
        return None

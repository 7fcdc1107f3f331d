"""A simulated OpenID provider: what FranceConnect's simulation and that of the operators' provider share."""

import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, RedirectResponse, Response

from activities.gateways.identity.tokens import base64url, digest
from demo.state.records import Records

_SCHEMA = "CREATE TABLE IF NOT EXISTS issued (secret TEXT PRIMARY KEY, content TEXT NOT NULL, due REAL NOT NULL)"
_CODE_LIFETIME, _TOKEN_LIFETIME = 30, 60  # seconds, as FranceConnect's
_MIN_LENGTH = 22  # characters of a state or a nonce
_ALGORITHM = "ES256"


@dataclass(frozen=True)
class RelyingParty:
    """The one registered client, its redirect URI, and its redirect URIs after a logout."""

    client_id: str
    secret: str
    callback: str
    after_logout: tuple[str, ...]


class FictionalProvider(ABC):
    """Issues authorization codes, and tokens for each code once; they are kept across restarts.

    A class for one provider has its `name`, and says what is in an ID token (`claims_of`).
    """

    name: str

    def __init__(self, state: Path, issuer: str, party: RelyingParty, now: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self.party = party
        self._now = now
        self._issued = Records(state / "demo" / f"{self.name}.sqlite", _SCHEMA)
        self._key = _load_key(state / "demo" / f"{self.name}.json")

    @abstractmethod
    def claims_of(self, subject: str) -> dict[str, Any]:
        """Return what the ID token of a person says, beside what every ID token does."""

    @property
    def keys(self) -> dict[str, Any]:
        """The public keys, as a JWKS."""
        return {"keys": [self._key.as_dict(private=False)]}

    @property
    def discovery(self) -> dict[str, object]:
        """The provider's metadata (OpenID Connect Discovery)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [_ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def invalid_parameter(self, asked: Mapping[str, str]) -> str | None:
        """Return the name of an authorization request's wrong parameter, or None.

        It is `client` for the client id and the redirect URI: then the browser must not be redirected.
        """
        if asked.get("client_id") != self.party.client_id or asked.get("redirect_uri") != self.party.callback:
            return "client"
        return next((name for name, is_valid in self._checks(asked).items() if not is_valid), None)

    def _checks(self, asked: Mapping[str, str]) -> dict[str, bool]:
        return {
            "response_type": asked.get("response_type") == "code",
            "scope": "openid" in asked.get("scope", "").split(),
            "state": len(asked.get("state", "")) >= _MIN_LENGTH,
            "nonce": len(asked.get("nonce", "")) >= _MIN_LENGTH,
            "code_challenge": asked.get("code_challenge_method") == "S256" and bool(asked.get("code_challenge")),
        }

    def code_for(self, subject: str, asked: Mapping[str, str]) -> str:
        """Issue an authorization code for a person who has signed in."""
        kept = {"subject": subject, "nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        return self._issue(kept, _CODE_LIFETIME)

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any] | str:
        """Return the tokens for a code, or the name of an error; a code is used up by the first call."""
        is_client = compare_digest(form.get("client_secret", "").encode(), self.party.secret.encode())
        if form.get("client_id") != self.party.client_id or not is_client:
            return "invalid_client"
        kept = self.redeem(form.get("code", ""))
        verified = kept and kept.get("challenge") == base64url(digest(form.get("code_verifier", "")))
        if not kept or not verified or form.get("redirect_uri") != self.party.callback:
            return "invalid_grant"
        access_token = self._issue({"subject": kept["subject"]}, _TOKEN_LIFETIME)
        claims = {"nonce": kept["nonce"], "at_hash": base64url(digest(access_token)[:16])}
        id_token = self.signed({**self.claims_of(kept["subject"]), **claims})
        return {
            "access_token": access_token,
            "id_token": id_token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIFETIME,
        }

    def may_log_out(self, redirect_uri: str) -> bool:
        """Return whether the redirect URI is registered for after the logout."""
        return redirect_uri in self.party.after_logout

    def is_ours(self, id_token: str) -> bool:
        """Return whether a token was signed here."""
        try:
            jwt.decode(id_token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return False
        return True

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return claims as a JWT, issued now for the client."""
        issued_at = int(self._now().timestamp())
        standard = {
            "iss": self.issuer,
            "aud": self.party.client_id,
            "iat": issued_at,
            "exp": issued_at + _TOKEN_LIFETIME,
        }
        header = {"alg": _ALGORITHM, "kid": self._key.kid or ""}
        return jwt.encode(header, {**standard, **claims}, self._key, algorithms=[_ALGORITHM])

    def _issue(self, content: Mapping[str, str], lifetime: int) -> str:
        secret, now = secrets.token_urlsafe(32), self._now().timestamp()
        with self._issued.transaction() as connection:
            connection.execute("DELETE FROM issued WHERE due < ?", (now,))
            connection.execute(
                "INSERT INTO issued VALUES (?, ?, ?)", (secret, json.dumps(content), now + lifetime)
            )
        return secret

    def redeem(self, secret: str) -> dict[str, str] | None:
        """Return what a code or an access token stands for, once."""
        query = "DELETE FROM issued WHERE secret = ? RETURNING content, due"
        with self._issued.transaction() as connection:
            row = connection.execute(query, (secret,)).fetchone()
        kept: dict[str, str] | None = json.loads(row[0]) if row and row[1] > self._now().timestamp() else None
        return kept


def add_endpoints(router: APIRouter, provider: FictionalProvider) -> None:
    """Add what the client itself asks: discovery, keys, tokens."""

    @router.get("/.well-known/openid-configuration")
    async def discovery() -> JSONResponse:
        """Return the provider's metadata."""
        return JSONResponse(provider.discovery)

    @router.get("/jwks")
    async def keys() -> JSONResponse:
        """Return the public keys."""
        return JSONResponse(provider.keys)

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        """Return the tokens for a code."""
        tokens = provider.tokens({name: str(value) for name, value in (await request.form()).items()})
        return JSONResponse({"error": tokens}, 400) if isinstance(tokens, str) else JSONResponse(tokens)


def refusal(provider: FictionalProvider, asked: Mapping[str, str]) -> Response | None:
    """Return the answer to an authorization request with a wrong parameter, or None for a right one."""
    wrong = provider.invalid_parameter(asked)
    if wrong == "client":
        return JSONResponse({"error": "invalid_client"}, 400)
    if wrong:
        return redirect(provider, asked, {"error": "invalid_request", "error_description": wrong})
    return None


def redirect(provider: FictionalProvider, asked: Mapping[str, str], answer: Mapping[str, str]) -> Response:
    """Redirect to the client with an answer."""
    query = {**answer, "state": asked["state"], "iss": provider.issuer}
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(query)}", 303)


def _load_key(path: Path) -> ECKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        generated = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig", "alg": _ALGORITHM})
        path.touch(mode=0o600)
        path.write_text(json.dumps(generated.as_dict(private=True)), encoding="utf-8")
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))

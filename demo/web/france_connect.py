"""A simulation of FranceConnect, the State's OpenID provider: the fictional people sign in without a password."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from activities.gateways.identity.tokens import base64url, digest
from demo.state.people import Person, people
from demo.state.records import Records

_SCHEMA = "CREATE TABLE IF NOT EXISTS issued (secret TEXT PRIMARY KEY, content TEXT NOT NULL, due REAL NOT NULL)"
_CODE_LIFETIME, _TOKEN_LIFETIME = 30, 60  # seconds, as FranceConnect's
_MIN_LENGTH = 22  # characters of a state or a nonce
_FOREIGN = "99"  # the beginning of INSEE's codes of countries; France is 99100
_ALGORITHM = "ES256"


@dataclass(frozen=True)
class RelyingParty:
    """The one registered client, its redirect URI, and its redirect URIs after a logout."""

    client_id: str
    secret: str
    callback: str
    after_logout: tuple[str, ...]


class FictionalFranceConnect:
    """Issues authorization codes, and tokens for each code once; they are kept across restarts."""

    def __init__(self, state: Path, issuer: str, party: RelyingParty, now: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self.party = party
        self._now = now
        self._issued = Records(state / "demo" / "france_connect.sqlite", _SCHEMA)
        self._key = _load_key(state / "demo" / "france_connect.json")

    @property
    def keys(self) -> dict[str, Any]:
        """The public keys, as a JWKS."""
        return {"keys": [self._key.as_dict(private=False)]}

    def invalid_parameter(self, asked: Mapping[str, str]) -> str | None:
        """Return the name of an authorization request's wrong parameter, or None.

        It is `client` for the client id and the redirect URI: then the browser must not be redirected.
        """
        if asked.get("client_id") != self.party.client_id or asked.get("redirect_uri") != self.party.callback:
            return "client"
        checks = {
            "response_type": asked.get("response_type") == "code",
            "scope": "openid" in asked.get("scope", "").split(),
            "acr_values": asked.get("acr_values") == "eidas1",
            "state": len(asked.get("state", "")) >= _MIN_LENGTH,
            "nonce": len(asked.get("nonce", "")) >= _MIN_LENGTH,
            "code_challenge": asked.get("code_challenge_method") == "S256" and bool(asked.get("code_challenge")),
        }
        return next((name for name, is_valid in checks.items() if not is_valid), None)

    def code_for(self, person: Person, asked: Mapping[str, str]) -> str:
        """Issue an authorization code for a person who has signed in."""
        kept = {"work_email": person.work_email, "nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        return self._issue(kept, _CODE_LIFETIME)

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any] | str:
        """Return the tokens for a code, or the name of an error; a code is used up by the first call."""
        is_client = compare_digest(form.get("client_secret", "").encode(), self.party.secret.encode())
        if form.get("client_id") != self.party.client_id or not is_client:
            return "invalid_client"
        kept = self._redeem(form.get("code", ""))
        verified = kept and kept.get("challenge") == base64url(digest(form.get("code_verifier", "")))
        if not kept or not verified or form.get("redirect_uri") != self.party.callback:
            return "invalid_grant"
        access_token = self._issue({"work_email": kept["work_email"]}, _TOKEN_LIFETIME)
        claims = {"nonce": kept["nonce"], "acr": "eidas1", "at_hash": base64url(digest(access_token)[:16])}
        id_token = self.signed({"sub": _subject(kept["work_email"]), **claims})
        return {
            "access_token": access_token,
            "id_token": id_token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIFETIME,
        }

    def user_info(self, access_token: str) -> str | None:
        """Return the identity behind an access token as a signed JWT, or None; the token is used up."""
        kept = self._redeem(access_token)
        person = next((each for each in people() if kept and each.work_email == kept["work_email"]), None)
        return self.signed({"sub": _subject(person.work_email), **_identity(person)}) if person else None

    def may_log_out(self, id_token: str, redirect_uri: str) -> bool:
        """Return whether the token is ours and the redirect URI is registered for after the logout."""
        try:
            jwt.decode(id_token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return False
        return redirect_uri in self.party.after_logout

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

    def _redeem(self, secret: str) -> dict[str, str] | None:
        query = "DELETE FROM issued WHERE secret = ? RETURNING content, due"
        with self._issued.transaction() as connection:
            row = connection.execute(query, (secret,)).fetchone()
        kept: dict[str, str] | None = json.loads(row[0]) if row and row[1] > self._now().timestamp() else None
        return kept


def _identity(person: Person) -> dict[str, str]:
    foreign = person.commune.startswith(_FOREIGN)
    return {
        "family_name": person.birth_name.upper(),
        "given_name": person.first_names,
        "birthdate": person.birth_date,
        "gender": {"F": "female", "M": "male"}[person.sex],
        "birthplace": "" if foreign else person.commune,
        "birthcountry": person.commune if foreign else "99100",
        "email": person.personal_email,
    }


def _subject(work_email: str) -> str:
    return digest(work_email).hex()


def _load_key(path: Path) -> ECKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        generated = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig", "alg": _ALGORITHM})
        path.touch(mode=0o600)
        path.write_text(json.dumps(generated.as_dict(private=True)), encoding="utf-8")
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))

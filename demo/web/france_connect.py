"""A stand-in for FranceConnect: the fictional people can sign in there, and need no password."""

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

_SCHEMA = "CREATE TABLE IF NOT EXISTS given (secret TEXT PRIMARY KEY, content TEXT NOT NULL, due REAL NOT NULL)"
_CODE_LIFE, _TOKEN_LIFE = 30, 60  # seconds, as FranceConnect's
_SHORTEST = 22  # characters of a state or a nonce
_ABROAD = "99"  # INSEE's codes of foreign countries begin so; France is 99100
_ALGORITHM = "ES256"


@dataclass(frozen=True)
class RelyingParty:
    """The one client that is registered, the page it is called back at and those a logout may lead to."""

    client_id: str
    secret: str
    callback: str
    after_logout: tuple[str, ...]


class FictionalFranceConnect:
    """Gives codes, and for each code tokens, once; what it gave outlives a restart."""

    def __init__(self, state: Path, issuer: str, party: RelyingParty, now: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self.party = party
        self._now = now
        self._given = Records(state / "demo" / "france_connect.sqlite", _SCHEMA)
        self._key = _kept_key(state / "demo" / "france_connect.json")

    @property
    def keys(self) -> dict[str, Any]:
        """The public keys, as a JWKS."""
        return {"keys": [self._key.as_dict(private=False)]}

    def fault_of(self, asked: Mapping[str, str]) -> str | None:
        """Return what is wrong with an authorization request, or None; the callback's own fault is `client`."""
        if asked.get("client_id") != self.party.client_id or asked.get("redirect_uri") != self.party.callback:
            return "client"
        right = {
            "response_type": asked.get("response_type") == "code",
            "scope": "openid" in asked.get("scope", "").split(),
            "acr_values": asked.get("acr_values") == "eidas1",
            "state": len(asked.get("state", "")) >= _SHORTEST,
            "nonce": len(asked.get("nonce", "")) >= _SHORTEST,
            "code_challenge": asked.get("code_challenge_method") == "S256" and bool(asked.get("code_challenge")),
        }
        return next((name for name, is_right in right.items() if not is_right), None)

    def code_for(self, person: Person, asked: Mapping[str, str]) -> str:
        """Return the code that stands for a person who has signed in."""
        kept = {"who": person.work_email, "nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        return self._give(kept, _CODE_LIFE)

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any] | str:
        """Return the tokens for a code, or the error: each code serves once, whoever brings it."""
        known = compare_digest(form.get("client_secret", "").encode(), self.party.secret.encode())
        if form.get("client_id") != self.party.client_id or not known:
            return "invalid_client"
        kept = self._taken(form.get("code", ""))
        proven = kept and kept.get("challenge") == base64url(digest(form.get("code_verifier", "")))
        if not kept or not proven or form.get("redirect_uri") != self.party.callback:
            return "invalid_grant"
        access_token = self._give({"who": kept["who"]}, _TOKEN_LIFE)
        claims = {"nonce": kept["nonce"], "acr": "eidas1", "at_hash": base64url(digest(access_token)[:16])}
        id_token = self.signed({"sub": _subject(kept["who"]), **claims})
        return {
            "access_token": access_token,
            "id_token": id_token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIFE,
        }

    def told(self, access_token: str) -> str | None:
        """Return what a token's person is, signed, or None; asked once, as it should be."""
        kept = self._taken(access_token)
        person = next((each for each in people() if kept and each.work_email == kept["who"]), None)
        return self.signed({"sub": _subject(person.work_email), **_civil(person)}) if person else None

    def may_leave(self, id_token: str, back: str) -> bool:
        """Say whether somebody whom we signed in may be led to a page after the logout."""
        try:
            jwt.decode(id_token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return False
        return back in self.party.after_logout

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Return claims as a token of ours, made now for our client."""
        made = int(self._now().timestamp())
        ours = {"iss": self.issuer, "aud": self.party.client_id, "iat": made, "exp": made + _TOKEN_LIFE}
        header = {"alg": _ALGORITHM, "kid": self._key.kid or ""}
        return jwt.encode(header, {**ours, **claims}, self._key, algorithms=[_ALGORITHM])

    def _give(self, content: Mapping[str, str], life: int) -> str:
        secret, now = secrets.token_urlsafe(32), self._now().timestamp()
        with self._given.transaction() as connection:
            connection.execute("DELETE FROM given WHERE due < ?", (now,))
            connection.execute("INSERT INTO given VALUES (?, ?, ?)", (secret, json.dumps(content), now + life))
        return secret

    def _taken(self, secret: str) -> dict[str, str] | None:
        query = "DELETE FROM given WHERE secret = ? RETURNING content, due"
        with self._given.transaction() as connection:
            row = connection.execute(query, (secret,)).fetchone()
        kept: dict[str, str] | None = json.loads(row[0]) if row and row[1] > self._now().timestamp() else None
        return kept


def _civil(person: Person) -> dict[str, str]:
    abroad = person.commune.startswith(_ABROAD)
    return {
        "family_name": person.birth_name.upper(),
        "given_name": person.first_names,
        "birthdate": person.birth_date,
        "gender": {"F": "female", "M": "male"}[person.sex],
        "birthplace": "" if abroad else person.commune,
        "birthcountry": person.commune if abroad else "99100",
        "email": person.personal_email,
    }


def _subject(who: str) -> str:
    return digest(who).hex()


def _kept_key(path: Path) -> ECKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig", "alg": _ALGORITHM})
        path.touch(mode=0o600)
        path.write_text(json.dumps(drawn.as_dict(private=True)), encoding="utf-8")
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))

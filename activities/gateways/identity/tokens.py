"""The checks of an identity provider's tokens (OpenID Connect Core, 3.1.3.7 and 5.3.2)."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

# Pinned: what the token says of itself chooses nothing.
_ALGORITHM = "ES256"
_LEVELS = {"eidas1", "eidas2", "eidas3"}  # FranceConnect may give more than was asked
# FranceConnect's tokens live for 60 s: whoever is more generous than this takes dead ones.
_SKEW = 10  # seconds between two clocks
_OLDEST = 120  # seconds since a token was made


class InvalidTokenError(Exception):
    """Raised when a token is not one that the provider made for this login."""


def key_id_of(token: str) -> str:
    """Return which key a token says that it is signed with.

    Raises:
        InvalidTokenError: it is no token, or names no key.
    """
    try:
        return str(jws.extract_compact(token.encode()).headers()["kid"])
    except (JoseError, ValueError, KeyError) as error:
        raise InvalidTokenError("no signed token with a key's name") from error


def digest(value: str) -> bytes:
    """Return the digest by which OpenID Connect names a value without telling it."""
    return sha256(value.encode()).digest()


def base64url(raw: bytes) -> str:
    """Return bytes as URLs and tokens have them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class IdentityTokens:
    """Opens what one issuer signed for one client, and checks every claim that binds it to a login."""

    def __init__(self, issuer: str, client_id: str, now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._now = now

    def opened(self, token: str, key: ECKey) -> dict[str, Any]:
        """Return the claims of a token that this key signed, issued by this issuer to this client.

        Raises:
            InvalidTokenError: signature, algorithm, issuer or audience is wrong.
        """
        try:
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise InvalidTokenError("not signed by the provider") from error
        audience = claims.get("aud")
        _require(claims.get("iss") == self._issuer, "iss")
        _require(audience in (self._client_id, [self._client_id]), "aud")
        _require(claims.get("azp", self._client_id) == self._client_id, "azp")
        return claims

    def check_login(self, claims: Mapping[str, Any], nonce: str, access_token: str) -> None:
        """Check that an id_token is of this login, made now, and goes with this access token.

        Raises:
            InvalidTokenError: one of them is wrong.
        """
        now, made, ends = self._now().timestamp(), claims.get("iat"), claims.get("exp")
        half = base64url(digest(access_token)[:16])
        _require(isinstance(ends, int | float) and now < ends + _SKEW, "exp")
        _require(isinstance(made, int | float) and now - _OLDEST < made < now + _SKEW, "iat")
        _require(compare_digest(str(claims.get("nonce")).encode(), nonce.encode()), "nonce")
        _require(claims.get("acr") in _LEVELS, "acr")
        # Optional where the token endpoint gives both; the library that FranceConnect is built on leaves it out.
        _require(compare_digest(str(claims.get("at_hash", half)).encode(), half.encode()), "at_hash")
        _require(bool(claims.get("sub")), "sub")


def _require(right: bool, claim: str) -> None:
    if not right:
        raise InvalidTokenError(claim)

"""The checks of an identity provider's tokens (OpenID Connect Core, 3.1.3.7 and 5.3.2)."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidClaimError, JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

Key = ECKey | RSAKey
# FranceConnect's tokens live for 60 s: a longer leeway would accept expired ones.
_LEEWAY = 10  # seconds
_MAX_AGE = 120  # seconds since a token was issued


class InvalidTokenError(Exception):
    """Raised when a token is not one that the provider issued for this login; the text names the claim, not its value."""


class InvalidSignatureError(InvalidTokenError):
    """Raised when a token's signature is not that of the key: the provider may have changed it."""


def key_id_of(token: str) -> str:
    """Return the id of the key that a token says it is signed with.

    Raises:
        InvalidTokenError: it is no token, or names no key.
    """
    try:
        return str(jws.extract_compact(token.encode()).headers()["kid"])
    except (JoseError, ValueError, KeyError) as error:
        raise InvalidTokenError("no signed token with a key id") from error


def digest(value: str) -> bytes:
    """Return the SHA-256 digest that OpenID Connect uses for hashes and code challenges."""
    return sha256(value.encode()).digest()


def base64url(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class _Claims(JWTClaimsRegistry):
    """The library's checks, and two of OpenID Connect's that are stricter."""

    def __init__(self, issuer: str, client_id: str, now: Callable[[], datetime], **options: ClaimsOption) -> None:
        required: dict[str, ClaimsOption] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True},
            "azp": {"value": client_id},
        }
        super().__init__(lambda: int(now().timestamp()), _LEEWAY, **required, **options)
        self._client_id = client_id

    def validate_aud(self, value: object) -> None:
        """Accept this client as the only audience; the library accepts others beside it."""
        if value not in (self._client_id, [self._client_id]):
            raise InvalidClaimError("aud")

    def validate_iat(self, value: object) -> None:
        """Refuse a token that was issued in the future, or too long ago."""
        super().validate_iat(value)
        if not isinstance(value, int | float) or value < self.now - _MAX_AGE:
            raise InvalidClaimError("iat")


class IdentityTokens:
    """Decodes what one issuer signed for one client, and checks every claim that binds it to a login.

    The `algorithms` are pinned, since a token must not choose the one that it is checked with. Of the `levels` (`acr`) an ID
    token must have one, if there are any.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        now: Callable[[], datetime],
        algorithms: Sequence[str],
        levels: Sequence[str] = (),
    ) -> None:
        self._client = (issuer, client_id, now)
        self._algorithms = list(algorithms)
        self._levels = list(levels)

    def claims(self, token: str, key: Key) -> dict[str, Any]:
        """Return the claims of a token that this key signed, from this issuer to this client.

        Raises:
            InvalidSignatureError: another key has signed it.
            InvalidTokenError: the algorithm, the issuer, the audience or a time is wrong.
        """
        try:
            claims = jwt.decode(token, key, algorithms=self._algorithms).claims
        except BadSignatureError as error:
            raise InvalidSignatureError("not signed with this key") from error
        except (JoseError, ValueError) as error:
            raise InvalidTokenError("not a token") from error
        try:
            _Claims(*self._client).validate(claims)
        except (JoseError, ValueError) as error:
            raise InvalidTokenError(f"not issued by the provider to this client, now{_claim(error)}") from error
        return claims

    def check_login(self, claims: Mapping[str, Any], nonce: str, access_token: str) -> None:
        """Check that an ID token belongs to this login and to this access token.

        Raises:
            InvalidTokenError: a claim is missing or wrong.
        """
        level: dict[str, ClaimsOption] = (
            {"acr": {"essential": True, "values": self._levels}} if self._levels else {}
        )
        issuer, client_id, now = self._client
        login = _Claims(
            issuer,
            client_id,
            now,
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
            # Optional where the token endpoint returns both; the library that FranceConnect is built on omits it.
            at_hash={"value": base64url(digest(access_token)[:16])},
            **level,
        )
        try:
            login.validate(dict(claims))
        except JoseError as error:
            raise InvalidTokenError(f"not of this login{_claim(error)}") from error


def _claim(error: Exception) -> str:
    return f": {error.claim}" if isinstance(error, ClaimError) else ""

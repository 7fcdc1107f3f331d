"""Device cookies (OWASP): wrong passwords from other browsers never lock out one that has signed in before."""

import secrets
from hmac import compare_digest

from activities.security.hashing import KeyedHash

_NONCE = 32  # hexadecimal characters


class KnownBrowsers:
    """Issues and verifies device cookies; nothing is stored.

    A cookie is of one password, by its stored hash: after a new password the browsers that signed in with the former one, a
    thief's too, are unknown.
    """

    def __init__(self, keyed: KeyedHash) -> None:
        self._keyed = keyed

    def cookie_for(self, subject: str, password_hash: str) -> str:
        """Return a cookie value for a browser that has signed in; it does not reveal as whom."""
        nonce = secrets.token_hex(_NONCE // 2)
        return nonce + self._signature(subject, password_hash, nonce)

    def attempt_subject(self, subject: str, password_hash: str, cookie: str) -> str | None:
        """Return the subject that counts this browser's own attempts, or None when its cookie is not of this password."""
        nonce, signature = cookie[:_NONCE], cookie[_NONCE:]
        if not compare_digest(signature.encode(), self._signature(subject, password_hash, nonce).encode()):
            return None
        return self._keyed.hash("browser-tries", subject, nonce)

    def _signature(self, subject: str, password_hash: str, nonce: str) -> str:
        return self._keyed.hash("known-browser", subject, password_hash, nonce)

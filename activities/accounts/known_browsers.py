"""Browsers that have signed in before: a stranger's wrong passwords never shut them out (OWASP, device cookies)."""

import secrets
from hmac import compare_digest

from activities.security.hashing import KeyedHash

_NONCE = 32  # hexadecimal characters


class KnownBrowsers:
    """Gives browsers a proof that they signed in as somebody, and knows it again; nothing is stored."""

    def __init__(self, keyed: KeyedHash) -> None:
        self._keyed = keyed

    def proof(self, subject: str) -> str:
        """Return what a browser keeps once it has signed in: it says of whom to nobody else."""
        nonce = secrets.token_hex(_NONCE // 2)
        return nonce + self._seal(subject, nonce)

    def counted_as(self, subject: str, proof: str) -> str | None:
        """Return the subject of this browser's own count, or None for a stranger to this identifier."""
        nonce, seal = proof[:_NONCE], proof[_NONCE:]
        if not compare_digest(seal.encode(), self._seal(subject, nonce).encode()):
            return None
        return self._keyed.of("browser-tries", f"{subject}|{nonce}")

    def _seal(self, subject: str, nonce: str) -> str:
        return self._keyed.of("known-browser", f"{subject}|{nonce}")

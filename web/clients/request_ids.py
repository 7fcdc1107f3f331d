"""Ids of requests, derived from what was typed."""

from activities.security.hashing import KeyedHash

_LENGTH = 32  # 128 bits, in hexadecimal


class RequestIds:
    """Derives ids of requests, so that a form that is sent twice is one request."""

    def __init__(self, form_key: bytes) -> None:
        self._hash = KeyedHash(form_key)

    def of(self, purpose: str, *typed: str) -> str:
        """Return 32 hexadecimal characters; `purpose` has at most 16 characters."""
        return self._hash.hash(purpose, *typed)[:_LENGTH]

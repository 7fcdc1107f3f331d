"""Random values that carry their time, their owner and a signature, so that none of them is stored."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from activities.security.hashing import KeyedHash

# Where each part ends, in hexadecimal characters: the second, 64 random bits, the owner's hash; then the signature.
_TIME_END, _RANDOM_END, _OWNER_END = 8, 24, 40
_LENGTH = 64


class SignedValues:
    """Makes and verifies values of 64 hexadecimal characters with a `lifetime`; `purpose` has at most 8 characters."""

    def __init__(self, keyed: KeyedHash, purpose: str, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._keyed = keyed
        self._purpose = purpose
        self._lifetime = lifetime
        self._now = now

    def create(self, owner: str = "") -> str:
        """Return a new value that only its owner can use."""
        drawn = f"{int(self._now().timestamp()):0{_TIME_END}x}{secrets.token_hex((_RANDOM_END - _TIME_END) // 2)}"
        owned = drawn + self._owner(drawn, owner)
        return owned + self._signature(owned)

    def is_live(self, value: str) -> bool:
        """Return whether the signature is right and the lifetime is not over."""
        owned, signature = value[:_OWNER_END], value[_OWNER_END:]
        is_ours = compare_digest(signature.encode(), self._signature(owned).encode())
        return is_ours and self.created_at(value) + self._lifetime > self._now()

    def is_of(self, value: str, owner: str) -> bool:
        """Return whether a live value was made for an owner."""
        expected = self._owner(value[:_RANDOM_END], owner)
        return self.is_live(value) and compare_digest(value[_RANDOM_END:_OWNER_END].encode(), expected.encode())

    def created_at(self, value: str) -> datetime:
        """Return when a verified value was made, to the second."""
        return datetime.fromtimestamp(int(value[:_TIME_END], 16), UTC)

    def _owner(self, drawn: str, owner: str) -> str:
        return self._keyed.hash(f"{self._purpose}-owner", drawn, owner)[: _OWNER_END - _RANDOM_END]

    def _signature(self, owned: str) -> str:
        return self._keyed.hash(f"{self._purpose}-seal", owned)[: _LENGTH - _OWNER_END]

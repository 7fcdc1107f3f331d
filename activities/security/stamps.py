"""Values that prove by themselves that we drew them, when and for whom: nothing of them is stored."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from activities.security.hashing import KeyedHash

# Hexadecimal characters: the second it was made in, 64 bits of its own, whose it is, our seal on all three.
_TIME, _OWNER, _SEAL = 8, 24, 40


class Stamps:
    """Draws and recognises values of 64 hexadecimal characters that live for a time; `purpose` has 8 at most."""

    def __init__(self, keyed: KeyedHash, purpose: str, life: timedelta, now: Callable[[], datetime]) -> None:
        self._keyed = keyed
        self._purpose = purpose
        self._life = life
        self._now = now

    def draw(self, owner: str = "") -> str:
        """Return a new value, which only its owner can use."""
        drawn = f"{int(self._now().timestamp()):0{_TIME}x}{secrets.token_hex((_OWNER - _TIME) // 2)}"
        owned = drawn + self._owner(drawn, owner)
        return owned + self._seal(owned)

    def is_live(self, value: str) -> bool:
        """Say whether we drew it, and not too long ago."""
        owned, seal = value[:_SEAL], value[_SEAL:]
        ours = compare_digest(seal.encode(), self._seal(owned).encode())
        return ours and self.made_at(value) + self._life > self._now()

    def is_of(self, value: str, owner: str) -> bool:
        """Say whether a live value was drawn for somebody."""
        theirs = self._owner(value[:_OWNER], owner)
        return self.is_live(value) and compare_digest(value[_OWNER:_SEAL].encode(), theirs.encode())

    def made_at(self, value: str) -> datetime:
        """Return when a value of ours was drawn, to the second."""
        return datetime.fromtimestamp(int(value[:_TIME], 16), UTC)

    def _owner(self, drawn: str, owner: str) -> str:
        return self._keyed.of(f"{self._purpose}-owner", f"{drawn}|{owner}")[: _SEAL - _OWNER]

    def _seal(self, owned: str) -> str:
        return self._keyed.of(f"{self._purpose}-seal", owned)[: 64 - _SEAL]

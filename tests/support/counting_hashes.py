"""Hashes that note their work: the same results, and a list of what was computed."""

from activities.security.hashing import KeyedHash, SlowHash


class NotedSlowHash(SlowHash):
    """Argon2 at its cheapest; `work` has an item for each hash that was really computed."""

    def __init__(self, work: list[str]) -> None:
        super().__init__(memory_kib=8, passes=1)
        self._work = work

    def _verify(self, encoded: str, value: str) -> bool:
        # Whoever skipped the work would have no encoded hash to check against.
        self._work.append(encoded[: len("$argon2id$v=19$m=8,t=1,p=1$")])
        return super()._verify(encoded, value)


class NotedKeyedHash(KeyedHash):
    """Keyed hashes; `work` has the purpose of each."""

    def __init__(self, pepper: bytes, work: list[str]) -> None:
        super().__init__(pepper)
        self._work = work

    def of(self, purpose: str, value: str) -> str:
        """Return the hash, and note that it was computed."""
        self._work.append(purpose)
        return super().of(purpose, value)

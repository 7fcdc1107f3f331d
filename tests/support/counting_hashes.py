"""Hash functions that record which hashes they compute, to compare the work of several calls."""

from activities.security.hashing import KeyedHash, SlowHash


class CountingSlowHash(SlowHash):
    """Argon2 with its lowest cost; appends the hash's parameters to `work` for each verification."""

    def __init__(self, keyed: KeyedHash, work: list[str]) -> None:
        super().__init__(keyed, memory_kib=8, passes=1)
        self._work = work

    def _verify(self, encoded: str, value: str) -> bool:
        # Only the parameters: the rest of an encoded hash differs each time.
        self._work.append(encoded[: len("$argon2id$v=19$m=8,t=1,p=1$")])
        return super()._verify(encoded, value)


class CountingKeyedHash(KeyedHash):
    """Keyed hashes; appends the purpose of each computed hash to `work`."""

    def __init__(self, pepper: bytes, work: list[str]) -> None:
        super().__init__(pepper)
        self._work = work

    def hash(self, purpose: str, *fields: str) -> str:
        """Return the hash, and record that it was computed."""
        self._work.append(purpose)
        return super().hash(purpose, *fields)

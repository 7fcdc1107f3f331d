"""A keyed hash for values that are drawn or looked up, and a slow one for values that a person chose."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class KeyedHash:
    """BLAKE2b hashes keyed with the pepper; each purpose has its own, so that no hash fits two columns."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def hash(self, purpose: str, value: str) -> str:
        """Return the hash of a value in 64 hexadecimal characters; `purpose` has at most 16 characters."""
        person = purpose.encode().ljust(16, b"\0")
        return blake2b(value.encode(), digest_size=32, key=self._pepper, person=person).hexdigest()


class SlowHash:
    """Argon2id hashes of passwords and secret answers, computed two at a time on two threads.

    19 MiB, t=2, p=1 are OWASP's parameters; the library's defaults would take ten times longer.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        # Not the threads that draw CAPTCHAs: many pictures at once would delay passwords.
        self._threads = ThreadPoolExecutor(2, "argon2")
        # Checked in the place of a missing hash, so that both cases take the same time.
        self._decoy = self._hasher.hash("")

    async def make(self, value: str) -> str:
        """Return the encoded hash of a value."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, value)

    async def matches(self, encoded: str | None, value: str) -> bool:
        """Return whether a value matches a hash, in the same time when there is no hash."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, self._verify, encoded or self._decoy, value)
        return right and bool(encoded)

    def _verify(self, encoded: str, value: str) -> bool:
        try:
            return self._hasher.verify(encoded, value)
        except (VerificationError, InvalidHashError):
            return False

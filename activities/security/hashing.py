"""Two hashes: a keyed one for what is drawn or looked up, a slow one for what a person chose."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class KeyedHash:
    """Keyed hashes under the pepper, one space a purpose, so that no hash fits two columns."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def of(self, purpose: str, value: str) -> str:
        """Return 64 hexadecimal characters for a value; `purpose` has at most 16 characters."""
        person = purpose.encode().ljust(16, b"\0")
        return blake2b(value.encode(), digest_size=32, key=self._pepper, person=person).hexdigest()


class SlowHash:
    """Argon2id hashes of passwords and secret answers; two at a time, on threads of their own.

    19 MiB, t=2, p=1 are OWASP's parameters; the library's own would take ten times longer.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        # Not the threads that draw CAPTCHAs: many pictures at once would keep passwords waiting.
        self._two = ThreadPoolExecutor(2, "argon2")
        # Checked when there is nothing to check, so that both cases take the same time.
        self._nothing = self._hasher.hash("")

    async def make(self, value: str) -> str:
        """Return the encoded hash of a value."""
        return await asyncio.get_running_loop().run_in_executor(self._two, self._hasher.hash, value)

    async def matches(self, encoded: str | None, value: str) -> bool:
        """Say whether a value is the hashed one, in the same time when there is no hash at all."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._two, self._verify, encoded or self._nothing, value)
        return right and bool(encoded)

    def _verify(self, encoded: str, value: str) -> bool:
        try:
            return self._hasher.verify(encoded, value)
        except (VerificationError, InvalidHashError):
            return False

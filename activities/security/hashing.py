"""A keyed hash for values that are drawn or looked up, and a slow one for values that a person chose."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from hashlib import blake2b

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

# OWASP lists this among five sets of an equal level of defense; the less memory and the more passes, the less time it takes.
_MEMORY_KIB, _PASSES = 7 * 1024, 5
# Hashes that other parameters made; what would take seconds to verify is none.
_PARAMETERS = re.compile(r"\$argon2id\$v=19\$m=([89]|[1-9]\d{1,4}),t=([1-9]),p=1\$")


class KeyedHash:
    """BLAKE2b hashes keyed with the pepper; each purpose has its own, so that no hash fits two columns."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def hash(self, purpose: str, *fields: str) -> str:
        """Return the hash of one field or several in 64 hexadecimal characters; `purpose` has at most 16 characters.

        Several fields are encoded with their lengths, and hashed apart from a single one: no other fields have the
        same hash, whatever separators somebody types into them.
        """
        person, key = purpose.encode().ljust(16, b"\0"), self._pepper
        if len(fields) == 1:
            return blake2b(fields[0].encode(), digest_size=32, key=key, person=person).hexdigest()
        return blake2b(encode_fields(*fields), digest_size=32, key=key, person=person, salt=b"fields").hexdigest()


def encode_fields(*fields: str) -> bytes:
    """Return the fields with their lengths: no other fields have the same encoding."""
    encoded = [each.encode() for each in fields]
    return b"".join(len(each).to_bytes(8, "big") + each for each in encoded)


class Chosen(StrEnum):
    """What an elector chose, each the purpose of its keyed hash."""

    PASSWORD = "password"  # noqa: S105 - the name of a purpose
    ANSWER = "answer"


class SlowHash:
    """Argon2id hashes of passwords and secret answers, computed two at a time on two threads.

    They are taken over a keyed hash of the value and the elector's id: without the pepper nobody makes a hash that
    matches, and a hash that is copied to another elector's row matches nothing (OWASP's « peppering »).
    """

    def __init__(self, keyed: KeyedHash, *, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        self._keyed = keyed
        self._memory_kib, self._passes = memory_kib, passes
        self._current = f"$argon2id$v=19$m={memory_kib},t={passes},p=1$"
        # Not the threads that draw CAPTCHAs: many pictures at once would delay passwords.
        self._threads = ThreadPoolExecutor(2, "argon2")
        # For each set of parameters seen so far, what is verified when a hash has others, or is missing.
        self._decoys = {self._current: _hash("", memory_kib, passes)}

    def is_current(self, encoded: str) -> bool:
        """Return whether a hash has the parameters of those that are made today."""
        return encoded.startswith(self._current)

    def peppered(self, kind: Chosen, value: str) -> str:
        """Return a value's keyed hash, for a process that does not know the elector to pass on to `make_of`."""
        return self._keyed.hash(kind, value)

    async def make_of(self, kind: Chosen, elector_id: str, peppered: str) -> str:
        """Return the encoded hash of a value's keyed hash, for one elector."""
        owned, loop = self._owned(kind, elector_id, peppered), asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hash, owned)

    async def make(self, kind: Chosen, elector_id: str, value: str) -> str:
        """Return the encoded hash of a value, for one elector."""
        return await self.make_of(kind, elector_id, self.peppered(kind, value))

    async def matches(self, encoded: str | None, kind: Chosen, elector_id: str, value: str) -> bool:
        """Return whether a value matches an elector's hash, in the same time when there is no hash."""
        owned, loop = self._owned(kind, elector_id, self.peppered(kind, value)), asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._matches, encoded or "", owned)

    def _owned(self, kind: Chosen, elector_id: str, peppered: str) -> str:
        return self._keyed.hash(f"{kind}-of", elector_id, peppered)

    def _hash(self, value: str) -> str:
        return _hash(value, self._memory_kib, self._passes)

    def _matches(self, encoded: str, value: str) -> bool:
        """Verify one hash for each set of parameters seen so far, so that every check costs the same."""
        found = _PARAMETERS.match(encoded)
        own = found[0] if found else None
        if found and own not in self._decoys:
            self._decoys[found[0]] = _hash("", int(found[1]), int(found[2]))
        matches = False
        for parameters, decoy in tuple(self._decoys.items()):
            matches |= self._verify(encoded if parameters == own else decoy, value) and parameters == own
        return matches

    def _verify(self, encoded: str, value: str) -> bool:
        try:
            return argon2id.verify(encoded.encode(), value.encode())
        except CryptoError:  # another value, or no hash
            return False


def _hash(value: str, memory_kib: int, passes: int) -> str:
    return argon2id.str(value.encode(), passes, memory_kib * 1024).decode()

"""The vault: what a voter typed, sealed under a key that is destroyed when the recovery ends."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.utils import random
from sqlalchemy import delete, select

from activities.store.database import Database
from activities.store.tables import vault_keys

_BLOCK = 64  # the length of an envelope tells no more than a multiple of this


class EnvelopeError(Exception):
    """Raised when an envelope cannot be opened: its key is destroyed, or it was moved or changed."""


class Vault:
    """Seals and opens envelopes: XChaCha20-Poly1305, one key a request, wrapped by the master key.

    The associated data name the recovery, the request and the purpose, so that an envelope copied
    from one place of a history to another does not open there.
    """

    def __init__(self, database: Database, master_key: bytes, now: Callable[[], datetime]) -> None:
        self._database = database
        self._master = Aead(master_key)
        self._now = now

    async def seal(self, workflow_id: str, key_id: str, clear: Mapping[str, str]) -> dict[str, str]:
        """Return one envelope (base64) for each purpose of `clear`, under the request's key.

        The key is made at the first call; the same request sent again uses the same key.
        """
        await self._make_key(workflow_id, key_id)
        box = await self._box(workflow_id, key_id)
        return {
            purpose: b64encode(box.encrypt(_padded(text), _place(workflow_id, key_id, purpose))).decode()
            for purpose, text in clear.items()
        }

    async def unseal(self, workflow_id: str, key_id: str, purpose: str, envelope: str) -> str:
        """Return what an envelope holds.

        Raises:
            EnvelopeError: the key is destroyed, or the envelope is not this one's.
        """
        box = await self._box(workflow_id, key_id)
        try:
            padded = box.decrypt(b64decode(envelope), _place(workflow_id, key_id, purpose))
        except CryptoError:
            raise EnvelopeError("the envelope does not belong here") from None
        return padded.rstrip(b"\0").decode()

    async def destroy(self, key_ids: Iterable[str]) -> None:
        """Destroy keys: whatever was sealed under them can never be read again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(vault_keys).where(vault_keys.c.id.in_(list(key_ids))))

    async def made_before(self, instant: datetime) -> list[tuple[str, str]]:
        """Return (key id, workflow id) of the keys older than an instant, for the sweep."""
        query = select(vault_keys.c.id, vault_keys.c.workflow_id).where(vault_keys.c.made_at < instant)
        async with self._database.reading() as connection:
            return [(row.id, row.workflow_id) for row in await connection.execute(query)]

    async def _make_key(self, workflow_id: str, key_id: str) -> None:
        wrapped = self._master.encrypt(random(Aead.KEY_SIZE), key_id.encode())
        values = {"id": key_id, "workflow_id": workflow_id, "wrapped": wrapped, "made_at": self._now()}
        async with self._database.writing() as connection:
            await connection.execute(self._database.insert(vault_keys).values(values).on_conflict_do_nothing())

    async def _box(self, workflow_id: str, key_id: str) -> Aead:
        query = select(vault_keys.c.wrapped).where(
            vault_keys.c.id == key_id, vault_keys.c.workflow_id == workflow_id
        )
        async with self._database.reading() as connection:
            wrapped = (await connection.execute(query)).scalar_one_or_none()
        if wrapped is None:
            raise EnvelopeError("the key of this request is destroyed")
        try:
            return Aead(self._master.decrypt(wrapped, key_id.encode()))
        except CryptoError:
            raise EnvelopeError("the key was wrapped by another master key") from None


def _place(workflow_id: str, key_id: str, purpose: str) -> bytes:
    return f"{workflow_id}|{key_id}|{purpose}".encode()


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw.ljust(-(-len(raw) // _BLOCK) * _BLOCK, b"\0")

"""The vault: what a voter typed, sealed under a key that is destroyed when the recovery ends."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.utils import random
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import vault_keys

_OF = vault_keys.c.workflow_id == bindparam("of")
_WRAPPED = select(vault_keys.c.wrapped).where(vault_keys.c.id == bindparam("key"), _OF)
_MADE = select(vault_keys).where(vault_keys.c.id.in_(bindparam("keys", expanding=True)), _OF)
_DESTROY = delete(vault_keys).where(vault_keys.c.id.in_(bindparam("keys", expanding=True)))
_BLOCK = 64  # the length of an envelope tells no more than a multiple of this


class EnvelopeError(Exception):
    """Raised when an envelope cannot be opened: its key is destroyed, or it was moved or changed."""


class Envelope(NamedTuple):
    """A sealed text as workflows carry it, with the id and the purpose that it was sealed under."""

    sealed_under: str
    purpose: str
    sealed: str

    @property
    def key_id(self) -> str:
        """The id of the key that opens it."""
        return key_id(self.sealed_under, self.purpose)


class KeyMade(NamedTuple):
    """A key that the vault has, of a recovery, and since when."""

    id: str
    workflow_id: str
    made_at: datetime


class Vault:
    """Seals and opens envelopes: XChaCha20-Poly1305, one key an envelope, wrapped by the master key.

    The associated data name the recovery, the request and the purpose, so that an envelope copied
    from one place of a history to another does not open there.
    """

    def __init__(self, database: Database, master_key: bytes, now: Callable[[], datetime]) -> None:
        self._database = database
        self._master = Aead(master_key)
        self._now = now
        self._make = database.insert(vault_keys).on_conflict_do_nothing()

    async def seal(self, workflow_id: str, request: str, clear: Mapping[str, str]) -> dict[str, str]:
        """Return one envelope (base64) for each purpose of `clear`, each under a key of its own.

        The keys are made at the first call; the same request sent again uses the same keys.
        """
        async with self._database.writing() as connection:
            return await self.seal_within(connection, workflow_id, request, clear)

    async def seal_within(
        self, connection: AsyncConnection, workflow_id: str, request: str, clear: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the same, the keys made in the caller's transaction."""
        keys = await self._keys(connection, workflow_id, [key_id(request, purpose) for purpose in clear])
        sealed = {}
        for purpose, text in clear.items():
            box = _box(keys, request, purpose)
            sealed[purpose] = b64encode(box.encrypt(_padded(text), _place(workflow_id, request, purpose))).decode()
        return sealed

    async def unseal(self, workflow_id: str, request: str, purpose: str, envelope: str) -> str:
        """Return what an envelope holds.

        Raises:
            EnvelopeError: the key is destroyed, or the envelope is not this one's.
        """
        asked = {"key": key_id(request, purpose), "of": workflow_id}
        async with self._database.reading() as connection:
            wrapped = (await connection.execute(_WRAPPED, asked)).scalar_one_or_none()
        if wrapped is None:
            raise EnvelopeError("the key of this envelope is destroyed")
        box = self._unwrapped(key_id(request, purpose), wrapped)
        try:
            padded = box.decrypt(b64decode(envelope), _place(workflow_id, request, purpose))
        except CryptoError:
            raise EnvelopeError("the envelope does not belong here") from None
        return padded.rstrip(b"\0").decode()

    async def keeps(self, request: str, purpose: str) -> bool:
        """Say whether an envelope of a request is still to be opened: its key was made, and not destroyed."""
        query = select(vault_keys.c.id).where(vault_keys.c.id == key_id(request, purpose))
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() is not None

    async def destroy(self, connection: AsyncConnection, key_ids: Iterable[str]) -> None:
        """Destroy keys in the caller's transaction: their envelopes can never be read again."""
        await connection.execute(_DESTROY, {"keys": list(key_ids)})

    async def made_before(self, instant: datetime, *, after: str, most: int) -> list[KeyMade]:
        """Return so many keys older than an instant, for the sweep, by their ids: the first ones `after` an id."""
        columns = (vault_keys.c.id, vault_keys.c.workflow_id, vault_keys.c.made_at)
        older = select(*columns).where(vault_keys.c.made_at < instant, vault_keys.c.id > after)
        async with self._database.reading() as connection:
            rows = await connection.execute(older.order_by(vault_keys.c.id).limit(most))
            return [KeyMade(*row) for row in rows]

    async def _keys(self, connection: AsyncConnection, workflow_id: str, ids: list[str]) -> dict[str, Aead]:
        made = [
            {
                "id": each,
                "workflow_id": workflow_id,
                "wrapped": self._master.encrypt(random(Aead.KEY_SIZE), each.encode()),
                "made_at": self._now(),
            }
            for each in ids
        ]
        await connection.execute(self._make, made)
        rows = (await connection.execute(_MADE, {"keys": ids, "of": workflow_id})).all()
        return {row.id: self._unwrapped(row.id, row.wrapped) for row in rows}

    def _unwrapped(self, each: str, wrapped: bytes) -> Aead:
        try:
            return Aead(self._master.decrypt(wrapped, each.encode()))
        except CryptoError:
            raise EnvelopeError("the key was wrapped by another master key") from None


def key_id(request: str, purpose: str) -> str:
    """Return the id under which the key of one envelope is kept and destroyed."""
    return f"{request}:{purpose}"


def _box(keys: Mapping[str, Aead], request: str, purpose: str) -> Aead:
    try:
        return keys[key_id(request, purpose)]
    except KeyError:
        raise EnvelopeError("this request belongs to another recovery") from None


def _place(workflow_id: str, request: str, purpose: str) -> bytes:
    return f"{workflow_id}|{request}|{purpose}".encode()


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw.ljust(-(-len(raw) // _BLOCK) * _BLOCK, b"\0")

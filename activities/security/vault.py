"""The vault seals what a voter typed under a key that is destroyed when the recovery ends (crypto-shredding)."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.utils import random
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.security.hashing import encode_fields
from activities.store.database import Database
from activities.store.tables import vault_keys

_OF_RECOVERY = vault_keys.c.workflow_id == bindparam("of")
_MADE = select(vault_keys).where(vault_keys.c.id.in_(bindparam("keys", expanding=True)), _OF_RECOVERY)
_FOUND = select(vault_keys.c.id).where(vault_keys.c.id.in_(bindparam("keys", expanding=True)))
_DESTROY = delete(vault_keys).where(vault_keys.c.id.in_(bindparam("keys", expanding=True)))
_BLOCK = 64  # texts are padded to a multiple of this, so that an envelope's length reveals little


class EnvelopeError(Exception):
    """Raised when an envelope does not open: its key is destroyed, or it was moved or changed."""


class Envelope(NamedTuple):
    """A sealed text as workflows carry it, with the id and the purpose that it was sealed under."""

    owner_id: str
    purpose: str
    sealed: str

    @property
    def key_id(self) -> str:
        """The id of the key that opens it."""
        return key_id(self.owner_id, self.purpose)


class VaultKey(NamedTuple):
    """The id of a key that exists, its recovery, and when it was made."""

    id: str
    workflow_id: str
    created_at: datetime


class Vault:
    """Seals and opens envelopes: XChaCha20-Poly1305, one key for each envelope, wrapped by the master key.

    The associated data are the recovery, the id that an envelope is sealed under (a request or a link) and its
    purpose, so that an envelope copied to another place of a history does not open there.
    """

    def __init__(self, database: Database, master_key: bytes, now: Callable[[], datetime]) -> None:
        self._database = database
        self._master = Aead(master_key)
        self._now = now
        self._make = insert(vault_keys).on_conflict_do_nothing().returning(vault_keys.c.id)

    async def seal(self, workflow_id: str, owner_id: str, clear: Mapping[str, str]) -> dict[str, str]:
        """Return one envelope (base64) for each purpose of `clear`, each under its own key.

        The first call makes the keys; a later call with the same id uses them again.
        """
        async with self._database.writing() as connection:
            return await self.seal_within(connection, workflow_id, owner_id, clear)

    async def seal_within(
        self, connection: AsyncConnection, workflow_id: str, owner_id: str, clear: Mapping[str, str]
    ) -> dict[str, str]:
        """Do as `seal`, in the caller's transaction."""
        keys = await self._keys(connection, workflow_id, [key_id(owner_id, purpose) for purpose in clear])
        sealed = {}
        for purpose, text in clear.items():
            box = _box(keys, owner_id, purpose)
            sealed[purpose] = b64encode(
                box.encrypt(_padded(text), _associated_data(workflow_id, owner_id, purpose))
            ).decode()
        return sealed

    async def unseal(self, workflow_id: str, owner_id: str, purpose: str, envelope: str) -> str:
        """Return the text in an envelope.

        Raises:
            EnvelopeError: the key is destroyed, or the envelope was sealed for another place.
        """
        async with self._database.reading() as connection:
            [text] = await self.unseal_within(connection, workflow_id, [Envelope(owner_id, purpose, envelope)])
        return text

    async def unseal_within(
        self, connection: AsyncConnection, workflow_id: str, envelopes: Sequence[Envelope]
    ) -> list[str]:
        """Return the texts in envelopes of one recovery, whose keys are read by one statement.

        Raises:
            EnvelopeError: a key is destroyed, or an envelope was sealed for another place.
        """
        asked = {"keys": [each.key_id for each in envelopes], "of": workflow_id}
        rows = (await connection.execute(_MADE, asked)).all()
        wrapped = {row.id: row.wrapped_key for row in rows}
        return [self._opened(workflow_id, each, wrapped.get(each.key_id)) for each in envelopes]

    async def has_key(self, owner_id: str, purpose: str) -> bool:
        """Return whether the key of an envelope exists."""
        return purpose in await self.kept(owner_id, {purpose})

    async def kept(self, owner_id: str, purposes: set[str]) -> set[str]:
        """Return those of some purposes whose keys exist, at one instant."""
        ids = {key_id(owner_id, each): each for each in purposes}
        async with self._database.reading() as connection:
            found = (await connection.execute(_FOUND, {"keys": list(ids)})).scalars()
            return {ids[each] for each in found}

    async def destroy(self, connection: AsyncConnection, key_ids: Iterable[str]) -> None:
        """Destroy keys in the caller's transaction; their envelopes can never be read again."""
        await connection.execute(_DESTROY, {"keys": list(key_ids)})

    async def created_before(self, instant: datetime, *, after: str, most: int) -> list[VaultKey]:
        """Return at most `most` keys that were made before an instant, in the order of their ids, the first `after` one."""
        columns = (vault_keys.c.id, vault_keys.c.workflow_id, vault_keys.c.created_at)
        older = select(*columns).where(vault_keys.c.created_at < instant, vault_keys.c.id > after)
        async with self._database.reading() as connection:
            rows = await connection.execute(older.order_by(vault_keys.c.id).limit(most))
            return [VaultKey(*row) for row in rows]

    async def _keys(self, connection: AsyncConnection, workflow_id: str, ids: list[str]) -> dict[str, Aead]:
        made: list[dict[str, Any]] = [
            {
                "id": each,
                "workflow_id": workflow_id,
                "wrapped_key": self._master.encrypt(random(Aead.KEY_SIZE), each.encode()),
                "created_at": self._now(),
            }
            for each in ids
        ]
        added = set((await connection.execute(self._make, made)).scalars())
        if added.issuperset(ids):
            return {each["id"]: self._unwrapped(each["id"], each["wrapped_key"]) for each in made}
        rows = (await connection.execute(_MADE, {"keys": ids, "of": workflow_id})).all()
        return {row.id: self._unwrapped(row.id, row.wrapped_key) for row in rows}

    def _opened(self, workflow_id: str, envelope: Envelope, wrapped: bytes | None) -> str:
        if wrapped is None:
            raise EnvelopeError("the key of this envelope is destroyed")
        box = self._unwrapped(envelope.key_id, wrapped)
        place = _associated_data(workflow_id, envelope.owner_id, envelope.purpose)
        try:
            return box.decrypt(b64decode(envelope.sealed), place).rstrip(b"\0").decode()
        except CryptoError:
            raise EnvelopeError("the envelope was sealed for another place") from None

    def _unwrapped(self, each: str, wrapped: bytes) -> Aead:
        try:
            return Aead(self._master.decrypt(wrapped, each.encode()))
        except CryptoError:
            raise EnvelopeError("the key was wrapped by another master key") from None


def key_id(owner_id: str, purpose: str) -> str:
    """Return the id of an envelope's key."""
    return f"{owner_id}:{purpose}"


def _box(keys: Mapping[str, Aead], owner_id: str, purpose: str) -> Aead:
    try:
        return keys[key_id(owner_id, purpose)]
    except KeyError:
        raise EnvelopeError("this id belongs to another recovery") from None


def _associated_data(workflow_id: str, owner_id: str, purpose: str) -> bytes:
    return encode_fields(workflow_id, owner_id, purpose)


def _padded(text: str) -> bytes:
    raw = text.encode()
    return raw.ljust(-(-len(raw) // _BLOCK) * _BLOCK, b"\0")

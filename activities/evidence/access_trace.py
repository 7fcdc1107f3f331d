"""Traces of access in the journal: who, with which outcome, and a hash of the network address."""

import secrets
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from activities.evidence.journal import Entry, Event, Journal
from activities.metrics.definitions import ACCESSES
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import address_keys
from election.verdicts import Verdict

_LENGTH = 32  # 128 bits, in hexadecimal
_NETWORK = 64  # a household or an office has 2^64 addresses of IPv6
_KEY = select(address_keys.c.key).where(address_keys.c.day == bindparam("of_day"))


class AddressHashes:
    """Hashes network addresses with the pepper and a random key that is drawn each day.

    The same address has the same hash until midnight (UTC) and another one the next day. Once a day's key is deleted,
    nobody can tell an address by its hash, not even with the pepper: there are few enough addresses of IPv4 to try them all.
    """

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now
        self._key = ("", b"")

    async def hash(self, address: str) -> str:
        """Return the hash of an address for today, or "" for what is no address; of IPv6 the first 64 bits count."""
        network = _network(address)
        if not network:
            return ""
        key = await self._todays_key()
        return self._keyed.hash("address", key.hex(), network)[:_LENGTH]

    async def _todays_key(self) -> bytes:
        today = self._now().date().isoformat()
        if self._key[0] != today:
            drawn = insert(address_keys).values(day=today, key=secrets.token_bytes(32)).on_conflict_do_nothing()
            async with self._database.writing() as connection:
                await connection.execute(drawn)
                # Another process may have drawn it first.
                key: bytes = (await connection.execute(_KEY, {"of_day": today})).scalar_one()
            self._key = (today, key)
        return self._key[1]


class Access(StrEnum):
    """What was tried: the second word of a trace's event."""

    SIGN_IN = "sign_in"
    VOTING_CODE = "voting_code"
    PROOF = "proof"
    REQUEST = "request"


class AccessTrace:
    """Adds one entry for each attempt, in a transaction of its own."""

    def __init__(self, database: Database, journal: Journal, addresses: AddressHashes) -> None:
        self._database = database
        self._journal = journal
        self._addresses = addresses

    async def note(self, access: Access, actor: str, verdict: Verdict | None, address: str) -> None:
        """Journal an attempt from a network address, with its verdict, or without one where no answer may tell it.

        `actor` is an elector's id, or the subject of what somebody typed, on the roll or not.
        """
        word = "submitted" if verdict is None else "accepted" if verdict is Verdict.ACCEPTED else "refused"
        ACCESSES.labels(access, word).inc()
        hashed = await self._addresses.hash(address)
        # The random id also keeps the entry's hash from being guessed once the entry is purged.
        entry_id = f"access:{secrets.token_hex(16)}"
        event, outcome = Event(f"access:{access}:{word}"), verdict or ""
        entry = Entry(entry_id, event, actor, "", outcome=outcome, address_hash=hashed)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, _NETWORK), strict=False))

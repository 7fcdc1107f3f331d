"""Each attempt leaves an opaque trace, with a hash of the network address that means nothing the next day."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from activities.evidence.access_trace import Access, AccessTrace, AddressHashes
from activities.evidence.journal import Journal
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import address_keys
from activities.store.tables import journal as table
from election.settings import Election
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of

ADDRESS = "198.51.100.7"


@pytest.fixture
def addresses(database: Database, keyed_hash: KeyedHash, now: Clock) -> AddressHashes:
    """The hashes of network addresses."""
    return AddressHashes(database, keyed_hash, now)


def _counted() -> float:
    labels = {"access": "sign_in", "outcome": "refused"}
    return REGISTRY.get_sample_value("reassort_accesses_total", labels) or 0


async def test_a_trace_has_who_the_outcome_and_a_hash_of_the_address(
    database: Database, journal: Journal, addresses: AddressHashes, election: Election, now: Clock
) -> None:
    """Neither the address nor the identifier is stored; the trace expires at its own age, and is counted."""
    trace, before = AccessTrace(database, journal, addresses), _counted()
    await trace.note(Access.SIGN_IN, "subject", Verdict.WRONG_PROOF, ADDRESS)
    assert _counted() == before + 1
    [row] = await rows(database, table)
    kept = (row["event"], row["actor"], row["outcome"], row["address_hash"], row["expires_at"])
    expires_at = now() + election.retention.access_traces
    hashed = await addresses.hash(ADDRESS)
    assert kept == ("access:sign_in:refused", "subject", "wrong_proof", hashed, expires_at)
    assert ADDRESS not in await text_of(database)


async def test_an_address_has_one_hash_a_day_in_every_process(
    database: Database, keyed_hash: KeyedHash, addresses: AddressHashes, now: Clock
) -> None:
    """Two processes draw one key; the next day the same address has another hash."""
    other = AddressHashes(database, keyed_hash, now)
    today = await addresses.hash(ADDRESS)
    assert await other.hash(ADDRESS) == today
    assert await addresses.hash("198.51.100.8") != today
    now.advance(timedelta(days=1))
    assert await addresses.hash(ADDRESS) != today


async def test_a_hash_cannot_be_made_again_once_its_key_is_deleted(
    database: Database, keyed_hash: KeyedHash, addresses: AddressHashes, now: Clock
) -> None:
    """The pepper alone is not enough: the key was random."""
    today = await addresses.hash(ADDRESS)
    async with database.writing() as connection:
        await connection.execute(address_keys.delete())
    assert await AddressHashes(database, keyed_hash, now).hash(ADDRESS) != today


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:198.51.100.7", ADDRESS), ("", "testclient")],
)
async def test_addresses_of_one_network_have_one_hash(addresses: AddressHashes, one: str, other: str) -> None:
    """The first 64 bits of IPv6; IPv4 written as IPv6; and nothing for what is no address."""
    assert await addresses.hash(one) == await addresses.hash(other)

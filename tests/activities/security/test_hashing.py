"""Keyed hashes for lookups and slow hashes for verification."""

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from activities.security.hashing import KeyedHash, SlowHash

ONE = KeyedHash(b"one pepper of the tests,32 bytes")
OTHER = KeyedHash(b"the other pepper, 32 bytes, too!")


@given(st.text(), st.text())
def test_a_keyed_hash_identifies_its_value(value: str, other: str) -> None:
    """Equal values have equal hashes of 64 hexadecimal characters; different values have different ones."""
    hashed = ONE.hash("numen", value)
    assert len(bytes.fromhex(hashed)) == 32
    assert (ONE.hash("numen", other) == hashed) == (other == value)


def test_a_keyed_hash_depends_on_its_purpose() -> None:
    """The hash of a NUMEN does not match in another column."""
    assert ONE.hash("numen", "x") != ONE.hash("nir", "x")


def test_a_keyed_hash_depends_on_the_pepper() -> None:
    """Without the pepper, values cannot be tested against a dump of the database."""
    assert ONE.hash("numen", "x") != OTHER.hash("numen", "x")


async def test_a_slow_hash_matches_only_its_value(slow_hash: SlowHash) -> None:
    """The right answer matches, any other does not."""
    encoded = await slow_hash.make("châtaigne")
    assert await slow_hash.matches(encoded, "châtaigne")
    assert not await slow_hash.matches(encoded, "chataigne")


async def test_slow_hashes_of_one_value_differ(slow_hash: SlowHash) -> None:
    """Two electors with the same answer have different hashes."""
    assert await slow_hash.make("filou") != await slow_hash.make("filou")


async def test_a_missing_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """For an account without a password no value matches, although a hash is computed for constant time."""
    assert not await slow_hash.matches(None, "")
    assert not await slow_hash.matches("", "")
    assert not await slow_hash.matches(None, "filou")


async def test_a_malformed_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """It returns False and does not raise."""
    assert not await slow_hash.matches("spoilt", "filou")
    assert not await slow_hash.matches("$argon2id$v=19$m=8,t=1,p=1$short", "filou")


async def test_the_default_cost_is_owasp_s() -> None:
    """19 MiB, two passes, one lane."""
    assert (await SlowHash().make("filou")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_hash_of_another_cost_still_matches(slow_hash: SlowHash) -> None:
    """After a change of the cost, existing hashes can still be verified."""
    assert await SlowHash(memory_kib=16, passes=2).matches(await slow_hash.make("filou"), "filou")


async def test_concurrent_hashes_get_their_own_results(slow_hash: SlowHash) -> None:
    """Twenty hashes and checks at once give the right results."""
    encoded = await asyncio.gather(*(slow_hash.make(str(number)) for number in range(20)))
    checks = [slow_hash.matches(each, str(number % 10)) for number, each in enumerate(encoded)]
    assert await asyncio.gather(*checks) == [True] * 10 + [False] * 10


async def test_hashing_does_not_wait_for_other_threads(slow_hash: SlowHash) -> None:
    """While all threads that draw CAPTCHAs are busy, hashes are made and verified."""
    released = threading.Event()
    drawing = [asyncio.create_task(asyncio.to_thread(released.wait)) for _ in range(100)]
    try:
        async with asyncio.timeout(10):
            assert await slow_hash.matches(await slow_hash.make("filou"), "filou")
    finally:
        released.set()
        await asyncio.gather(*drawing)

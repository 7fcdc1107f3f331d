"""Keyed hashes for lookups, slow hashes for checks."""

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from activities.security.hashing import KeyedHash, SlowHash

ONE = KeyedHash(b"one pepper, 32 bytes, of nobody!")
OTHER = KeyedHash(b"the other pepper, 32 bytes, too!")


@given(st.text(), st.text())
def test_a_keyed_hash_depends_on_its_value(value: str, other: str) -> None:
    """The same value has the same 64 hexadecimal characters, another value others."""
    hashed = ONE.of("numen", value)
    assert len(bytes.fromhex(hashed)) == 32
    assert (ONE.of("numen", other) == hashed) == (other == value)


def test_a_keyed_hash_depends_on_its_purpose() -> None:
    """A NUMEN's hash copied into another column matches nothing there."""
    assert ONE.of("numen", "x") != ONE.of("nir", "x")


def test_a_keyed_hash_depends_on_its_pepper() -> None:
    """A dump of the database is of no use without the pepper."""
    assert ONE.of("numen", "x") != OTHER.of("numen", "x")


async def test_a_slow_hash_matches_its_value_only(slow_hash: SlowHash) -> None:
    """The right answer matches, another does not."""
    encoded = await slow_hash.make("châtaigne")
    assert await slow_hash.matches(encoded, "châtaigne")
    assert not await slow_hash.matches(encoded, "chataigne")


async def test_a_slow_hash_is_never_the_same_twice(slow_hash: SlowHash) -> None:
    """Two electors with the same answer have different hashes."""
    assert await slow_hash.make("filou") != await slow_hash.make("filou")


async def test_a_missing_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """Neither an empty value nor the value of the decoy opens an account without a password."""
    assert not await slow_hash.matches(None, "")
    assert not await slow_hash.matches("", "")
    assert not await slow_hash.matches(None, "filou")


async def test_a_corrupt_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """It raises no exception."""
    assert not await slow_hash.matches("spoilt", "filou")
    assert not await slow_hash.matches("$argon2id$v=19$m=8,t=1,p=1$short", "filou")


async def test_the_default_cost_is_owasp_s() -> None:
    """19 MiB, two passes, one lane, as the encoded hash says."""
    assert (await SlowHash().make("filou")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_hash_of_another_cost_still_matches(slow_hash: SlowHash) -> None:
    """A change of parameters locks no elector out."""
    assert await SlowHash(memory_kib=16, passes=2).matches(await slow_hash.make("filou"), "filou")


async def test_concurrent_hashes_are_not_mixed_up(slow_hash: SlowHash) -> None:
    """Two run at a time, the others wait."""
    encoded = await asyncio.gather(*(slow_hash.make(str(number)) for number in range(20)))
    checks = [slow_hash.matches(each, str(number % 10)) for number, each in enumerate(encoded)]
    assert await asyncio.gather(*checks) == [True] * 10 + [False] * 10


async def test_captchas_do_not_delay_passwords(slow_hash: SlowHash) -> None:
    """While every thread of the default executor is busy, hashes are made and checked."""
    drawn = threading.Event()
    drawing = [asyncio.create_task(asyncio.to_thread(drawn.wait)) for _ in range(100)]
    try:
        async with asyncio.timeout(10):
            assert await slow_hash.matches(await slow_hash.make("filou"), "filou")
    finally:
        drawn.set()
        await asyncio.gather(*drawing)

"""Keyed hashes for lookups and slow hashes for verification."""

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st
from nacl.pwhash import argon2id

from activities.security.hashing import Chosen, KeyedHash, SlowHash
from tests.support.counting_hashes import CountingSlowHash

ANSWER = Chosen.ANSWER
# Of « châtaigne » and ONE's pepper.
_FORMER = "$argon2id$v=19$m=19456,t=2,p=1$CCqcKQCkU4ZvBBDrqbiAMg$VYKPmQuuK4crowrzwS1pRHtslS1A7PG7ruRFMeV5qB8"
ONE = KeyedHash(b"one pepper of the tests,32 bytes")
OTHER = KeyedHash(b"the other pepper, 32 bytes, too!")


@given(st.text(), st.text())
def test_a_keyed_hash_identifies_its_value(value: str, other: str) -> None:
    """Equal values have equal hashes of 64 hexadecimal characters; different values have different ones."""
    hashed = ONE.hash("numen", value)
    assert len(bytes.fromhex(hashed)) == 32
    assert (ONE.hash("numen", other) == hashed) == (other == value)


@given(st.lists(st.text(alphabet="ab|\0")), st.lists(st.text(alphabet="ab|\0")))
def test_a_keyed_hash_identifies_its_fields(fields: list[str], others: list[str]) -> None:
    """Fields that differ in number or in content have different hashes, whatever separators they contain."""
    assert (ONE.hash("click", *fields) == ONE.hash("click", *others)) == (fields == others)


def test_a_separator_in_a_field_does_not_move_its_end() -> None:
    """What an elector types into one field never counts as another field."""
    assert ONE.hash("click", "a|b", "c") != ONE.hash("click", "a", "b|c")
    assert ONE.hash("click", "a", "b") != ONE.hash("click", "ab") != ONE.hash("click", "ab", "")


def test_a_keyed_hash_depends_on_its_purpose() -> None:
    """The hash of a NUMEN does not match in another column."""
    assert ONE.hash("numen", "x") != ONE.hash("nir", "x")


def test_a_keyed_hash_depends_on_the_pepper() -> None:
    """Without the pepper, values cannot be tested against a dump of the database."""
    assert ONE.hash("numen", "x") != OTHER.hash("numen", "x")


async def test_a_slow_hash_matches_only_its_value(slow_hash: SlowHash) -> None:
    """The right answer matches, any other does not."""
    encoded = await slow_hash.make(ANSWER, "elector", "châtaigne")
    assert await slow_hash.matches(encoded, ANSWER, "elector", "châtaigne")
    assert not await slow_hash.matches(encoded, ANSWER, "elector", "chataigne")


async def test_a_slow_hash_matches_only_for_its_elector(slow_hash: SlowHash) -> None:
    """A hash that is copied to another elector's row, or to another kind of secret, matches nothing."""
    encoded = await slow_hash.make(ANSWER, "elector", "châtaigne")
    assert not await slow_hash.matches(encoded, ANSWER, "another", "châtaigne")
    assert not await slow_hash.matches(encoded, Chosen.PASSWORD, "elector", "châtaigne")


async def test_a_slow_hash_depends_on_the_pepper(slow_hash: SlowHash) -> None:
    """Who writes to the database without the pepper makes no hash that matches."""
    forged = await SlowHash(OTHER, memory_kib=8, passes=1).make(ANSWER, "elector", "châtaigne")
    assert not await slow_hash.matches(forged, ANSWER, "elector", "châtaigne")
    plain = argon2id.str("châtaigne".encode(), 1, 8 * 1024).decode()
    assert not await slow_hash.matches(plain, ANSWER, "elector", "châtaigne")


async def test_a_hash_is_made_without_the_value(slow_hash: SlowHash) -> None:
    """The web passes on the keyed hash of a new password; the recovery, which knows the elector, makes the hash."""
    peppered = slow_hash.peppered(Chosen.PASSWORD, "marelle")
    made = await slow_hash.make_of(Chosen.PASSWORD, "elector", peppered)
    assert await slow_hash.matches(made, Chosen.PASSWORD, "elector", "marelle")


async def test_slow_hashes_of_one_value_differ(slow_hash: SlowHash) -> None:
    """Two electors with the same answer have different hashes."""
    assert await slow_hash.make(ANSWER, "elector", "filou") != await slow_hash.make(ANSWER, "elector", "filou")


async def test_a_missing_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """For an account without a password no value matches, although a hash is computed for constant time."""
    assert not await slow_hash.matches(None, ANSWER, "elector", "")
    assert not await slow_hash.matches("", ANSWER, "elector", "")
    assert not await slow_hash.matches(None, ANSWER, "elector", "filou")


async def test_a_malformed_hash_matches_nothing(slow_hash: SlowHash) -> None:
    """It returns False and does not raise."""
    assert not await slow_hash.matches("spoilt", ANSWER, "elector", "filou")
    assert not await slow_hash.matches("$argon2id$v=19$m=8,t=1,p=1$short", ANSWER, "elector", "filou")


async def test_the_default_cost_is_owasp_s() -> None:
    """7 MiB, five passes, one lane."""
    encoded = await SlowHash(ONE).make(ANSWER, "elector", "filou")
    assert encoded.startswith("$argon2id$v=19$m=7168,t=5,p=1$")
    assert SlowHash(ONE).is_current(encoded)


async def test_a_hash_of_version_0_3_still_matches() -> None:
    """19 MiB, two passes, made by argon2-cffi; it is not one of today's parameters."""
    slow = SlowHash(ONE)
    assert await slow.matches(_FORMER, ANSWER, "elector", "châtaigne")
    assert not await slow.matches(_FORMER, ANSWER, "elector", "marron")
    assert not slow.is_current(_FORMER)


async def test_once_another_cost_was_seen_every_check_has_both(keyed_hash: KeyedHash) -> None:
    """Otherwise the time would tell a hash of other parameters, which an unknown elector never has."""
    work: list[str] = []
    slow = CountingSlowHash(keyed_hash, work)
    dearer = await SlowHash(keyed_hash, memory_kib=9, passes=2).make(ANSWER, "elector", "filou")
    assert await slow.matches(dearer, ANSWER, "elector", "filou")
    both = list(work)
    assert both == ["$argon2id$v=19$m=8,t=1,p=1$", "$argon2id$v=19$m=9,t=2,p=1$"]
    for other in (dearer, await slow.make(ANSWER, "elector", "filou"), None, "spoilt"):
        work.clear()
        await slow.matches(other, ANSWER, "elector", "médor")
        assert work == both


async def test_concurrent_hashes_get_their_own_results(slow_hash: SlowHash) -> None:
    """Twenty hashes and checks at once give the right results."""
    encoded = await asyncio.gather(*(slow_hash.make(ANSWER, "elector", str(number)) for number in range(20)))
    checks = [slow_hash.matches(each, ANSWER, "elector", str(number % 10)) for number, each in enumerate(encoded)]
    assert await asyncio.gather(*checks) == [True] * 10 + [False] * 10


async def test_hashing_does_not_wait_for_other_threads(slow_hash: SlowHash) -> None:
    """While all threads that draw CAPTCHAs are busy, hashes are made and verified."""
    released = threading.Event()
    drawing = [asyncio.create_task(asyncio.to_thread(released.wait)) for _ in range(100)]
    try:
        async with asyncio.timeout(10):
            assert await slow_hash.matches(
                await slow_hash.make(ANSWER, "elector", "filou"), ANSWER, "elector", "filou"
            )
    finally:
        released.set()
        await asyncio.gather(*drawing)

"""Attempts are counted before their proof is judged, and failures make the next pause longer."""

import asyncio
from datetime import timedelta

import pytest

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.store.database import Database
from activities.store.tables import attempts as table
from election.settings import Election
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.database_dump import rows

FREE = 5


def _attempt(number: int, scope: AttemptScope = AttemptScope.RECOVERY, subject: str = "elector") -> Attempt:
    return Attempt(subject, scope, f"try-{number}")


async def _fail(attempts: Attempts, times: int) -> None:
    for number in range(times):
        assert await attempts.count(_attempt(number)) is None


async def test_the_first_five_failures_cause_no_pause(attempts: Attempts) -> None:
    """Five attempts in a row are counted; the sixth is refused until an instant."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE)) is not None


async def test_pauses_double_from_a_minute_to_an_hour(attempts: Attempts, now: Clock) -> None:
    """Each failure after the free ones doubles the pause, up to an hour."""
    await _fail(attempts, FREE)
    waits = []
    for number in range(FREE, FREE + 9):
        until = await attempts.count(_attempt(number))
        assert until is not None
        waits.append((until - now()) // timedelta(minutes=1))
        now.instant = until
        assert await attempts.count(_attempt(number)) is None
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_pause_ends_exactly_at_its_announced_instant(attempts: Attempts, now: Clock) -> None:
    """A second before that instant attempts are still refused."""
    await _fail(attempts, FREE)
    now.advance(timedelta(seconds=59))
    assert await attempts.count(_attempt(FREE)) == now() + timedelta(seconds=1)
    now.advance(timedelta(seconds=1))
    assert await attempts.count(_attempt(FREE)) is None


async def test_a_pause_can_be_read_without_an_attempt(attempts: Attempts, now: Clock) -> None:
    """`paused_until` is None until the last free attempt; then it is the instant that an attempt would get."""
    assert await attempts.paused_until("elector", AttemptScope.RECOVERY) is None
    await _fail(attempts, FREE - 1)
    assert await attempts.paused_until("elector", AttemptScope.RECOVERY) is None
    assert await attempts.count(_attempt(FREE)) is None
    until = await attempts.paused_until("elector", AttemptScope.RECOVERY)
    assert until is not None
    assert until == await attempts.count(_attempt(FREE + 1)) == now() + timedelta(minutes=1)
    assert await attempts.paused_until("elector", AttemptScope.VOTE) is None
    assert await attempts.paused_until("another", AttemptScope.RECOVERY) is None
    now.instant = until
    assert await attempts.paused_until("elector", AttemptScope.RECOVERY) is None


async def test_attempts_during_a_pause_are_not_counted(attempts: Attempts, now: Clock) -> None:
    """Twenty attempts during a pause do not prolong it."""
    await _fail(attempts, FREE)
    refused = [await attempts.count(_attempt(number)) for number in range(FREE, FREE + 20)]
    assert set(refused) == {now() + timedelta(minutes=1)}


async def test_after_ten_wrong_proofs_behind_a_sign_in_attempts_stay_refused(
    database: Database, election: Election, now: Clock
) -> None:
    """The pause is longer than any election (NIST SP 800-63B-4: at most 100 consecutive failures)."""
    attempts = Attempts(database, election.proof_attempts, now)
    await _fail(attempts, FREE)
    for number in range(FREE, 10):
        now.advance(timedelta(hours=1))
        assert await attempts.count(_attempt(number)) is None
    now.advance(timedelta(days=300))
    assert await attempts.count(_attempt(10)) is not None


async def test_success_clears_the_failures(attempts: Attempts, database: Database) -> None:
    """After a right proof no row is left, and five failures are free again."""
    await _fail(attempts, FREE - 1)
    await attempts.reset(_attempt(0))
    assert await rows(database, table) == []
    await _fail(attempts, FREE)


async def test_a_repeated_attempt_is_counted_once(attempts: Attempts, database: Database) -> None:
    """Temporal may retry the activity: the same attempt is let through and counted once."""
    await _fail(attempts, 1)
    for _ in range(20):
        assert await attempts.count(_attempt(0)) is None
    assert [row["failures"] for row in await rows(database, table)] == [1]


async def test_the_attempt_that_began_a_pause_can_be_repeated(attempts: Attempts) -> None:
    """The fifth attempt, repeated after it was counted, is still judged."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE - 1)) is None


@pytest.mark.parametrize("other", [AttemptScope.VOTE, AttemptScope.SIGN_IN])
async def test_a_pause_holds_for_one_scope_only(attempts: Attempts, other: AttemptScope) -> None:
    """Failures in recoveries pause neither the vote nor the sign-in."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE)) is not None
    assert await attempts.count(_attempt(FREE, other)) is None


async def test_success_clears_one_scope_only(attempts: Attempts) -> None:
    """A right voting code does not end the pause of recoveries."""
    await _fail(attempts, FREE)
    await attempts.reset(_attempt(0, AttemptScope.VOTE))
    assert await attempts.count(_attempt(FREE)) is not None


async def test_failures_are_counted_for_each_elector(attempts: Attempts) -> None:
    """One elector's pause does not affect another elector."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE, subject="another elector")) is None


async def test_concurrent_attempts_respect_the_limit(
    database_url: str, attempts: Attempts, election: Election, now: Clock
) -> None:
    """Of fifty concurrent attempts over two connection pools, five are let through."""
    second = Database(database_url)
    others = Attempts(second, election.attempts, now)
    counted = await asyncio.gather(
        *((attempts if number % 2 else others).count(_attempt(number)) for number in range(50))
    )
    await second.close()
    assert counted.count(None) == FREE


async def test_concurrent_attempts_and_successes_do_not_fail(attempts: Attempts, database: Database) -> None:
    """Neither raises, and at most one row is left."""
    racing = [attempts.count(_attempt(number)) for number in range(20)]
    clearing = [attempts.reset(_attempt(number)) for number in range(20)]
    mixed = [each for pair in zip(racing, clearing, strict=True) for each in pair]
    ends = await asyncio.gather(*mixed, return_exceptions=True)
    assert [end for end in ends if isinstance(end, BaseException)] == []
    assert len(await rows(database, table)) <= 1


async def test_a_right_proof_is_accepted_and_deletes_the_failures(attempts: Attempts, database: Database) -> None:
    """Two failures are counted; the right proof after them leaves no row."""
    for number in range(2):
        assert await attempts.judge(_attempt(number), _is_wrong) == Judgement(Verdict.WRONG_PROOF)
    assert [row["failures"] for row in await rows(database, table)] == [2]
    assert await attempts.judge(_attempt(2), _is_right) == Judgement(Verdict.ACCEPTED)
    assert await rows(database, table) == []


async def test_a_caller_can_delete_the_failures_later(attempts: Attempts, database: Database) -> None:
    """With `resets=False` a right proof stays counted, until the caller clears it in its own transaction."""
    assert await attempts.judge(_attempt(1), _is_right, resets=False) == Judgement(Verdict.ACCEPTED)
    assert [row["failures"] for row in await rows(database, table)] == [1]


async def test_a_proof_is_not_judged_during_a_pause(attempts: Attempts, now: Clock) -> None:
    """`judge` returns PAUSED with the pause's end, without checking the proof."""
    for number in range(FREE):
        await attempts.judge(_attempt(number), _is_wrong, wrong=Verdict.WRONG_IDENTITY)
    paused = Judgement(Verdict.PAUSED, now() + timedelta(minutes=1))
    assert await attempts.judge(_attempt(FREE), _must_not_be_asked) == paused


async def _is_right() -> bool:
    return True


async def _is_wrong() -> bool:
    return False


async def _must_not_be_asked() -> bool:
    raise AssertionError("a proof was checked during a pause")

"""An attempt is counted before its proof is looked at, and failures make the next wait longer."""

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


def _attempt(number: int, door: AttemptScope = AttemptScope.RECOVERY, subject: str = "elector") -> Attempt:
    return Attempt(subject, door, f"try-{number}")


async def _fail(attempts: Attempts, times: int) -> None:
    for number in range(times):
        assert await attempts.count(_attempt(number)) is None


async def test_the_first_wrong_proofs_cost_no_wait(attempts: Attempts) -> None:
    """Five attempts in a row are counted; the sixth is refused with the end of the pause."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE)) is not None


async def test_waits_double_from_a_minute_to_an_hour(attempts: Attempts, now: Clock) -> None:
    """Each failure after the free ones doubles the pause, to an hour at most."""
    await _fail(attempts, FREE)
    waits = []
    for number in range(FREE, FREE + 9):
        until = await attempts.count(_attempt(number))
        assert until is not None
        waits.append((until - now()) // timedelta(minutes=1))
        now.instant = until
        assert await attempts.count(_attempt(number)) is None
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_pause_ends_at_the_instant_that_was_returned(attempts: Attempts, now: Clock) -> None:
    """A second before that instant an attempt is still refused."""
    await _fail(attempts, FREE)
    now.advance(timedelta(seconds=59))
    assert await attempts.count(_attempt(FREE)) == now() + timedelta(seconds=1)
    now.advance(timedelta(seconds=1))
    assert await attempts.count(_attempt(FREE)) is None


async def test_a_pause_can_be_read_without_an_attempt(attempts: Attempts, now: Clock) -> None:
    """None until the last free attempt, then the same instant that an attempt returns."""
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


async def test_a_refused_attempt_is_not_counted(attempts: Attempts, now: Clock) -> None:
    """Attempts during a pause do not make it longer."""
    await _fail(attempts, FREE)
    knocks = [await attempts.count(_attempt(number)) for number in range(FREE, FREE + 20)]
    assert set(knocks) == {now() + timedelta(minutes=1)}


async def test_after_a_hundred_failures_waiting_does_not_help(attempts: Attempts, now: Clock) -> None:
    """NIST's hundred consecutive failures pause for longer than an election lasts."""
    await _fail(attempts, FREE)
    for number in range(FREE, 100):
        now.advance(timedelta(hours=1))
        assert await attempts.count(_attempt(number)) is None
    now.advance(timedelta(days=300))
    assert await attempts.count(_attempt(100)) is not None


async def test_success_clears_the_count(attempts: Attempts, database: Database) -> None:
    """After a right proof, five more failures are free."""
    await _fail(attempts, FREE - 1)
    await attempts.clear(_attempt(0))
    assert await rows(database, table) == []
    await _fail(attempts, FREE)


async def test_an_attempt_that_is_run_again_is_counted_once(attempts: Attempts, database: Database) -> None:
    """When Temporal runs an activity again, the same attempt is looked at and counts once."""
    await _fail(attempts, 1)
    for _ in range(20):
        assert await attempts.count(_attempt(0)) is None
    assert [row["failures"] for row in await rows(database, table)] == [1]


async def test_the_attempt_that_began_a_pause_can_be_run_again(attempts: Attempts) -> None:
    """The fifth attempt, run again after it was counted, is still judged."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE - 1)) is None


@pytest.mark.parametrize("other", [AttemptScope.VOTE, AttemptScope.SIGN_IN])
async def test_a_pause_holds_for_one_scope(attempts: Attempts, other: AttemptScope) -> None:
    """Failures in a recovery pause neither the vote nor the sign-in."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE)) is not None
    assert await attempts.count(_attempt(FREE, other)) is None


async def test_success_clears_the_count_of_one_scope(attempts: Attempts) -> None:
    """A right voting code does not end the pause of the recoveries."""
    await _fail(attempts, FREE)
    await attempts.clear(_attempt(0, AttemptScope.VOTE))
    assert await attempts.count(_attempt(FREE)) is not None


async def test_a_pause_holds_for_one_elector(attempts: Attempts) -> None:
    """Failures of one elector do not pause another."""
    await _fail(attempts, FREE)
    assert await attempts.count(_attempt(FREE, subject="another elector")) is None


async def test_concurrent_attempts_cannot_outrun_the_limit(
    database_url: str, attempts: Attempts, election: Election, now: Clock
) -> None:
    """Of fifty attempts at once, over two processes' connections, five are looked at."""
    beside = Database(database_url)
    others = Attempts(beside, election.attempts, now)
    counted = await asyncio.gather(
        *((attempts if number % 2 else others).count(_attempt(number)) for number in range(50))
    )
    await beside.close()
    assert counted.count(None) == FREE


async def test_concurrent_failures_and_successes_raise_nothing(attempts: Attempts, database: Database) -> None:
    """What stays is one count, or no row."""
    racing = [attempts.count(_attempt(number)) for number in range(20)]
    clearing = [attempts.clear(_attempt(number)) for number in range(20)]
    mixed = [each for pair in zip(racing, clearing, strict=True) for each in pair]
    ends = await asyncio.gather(*mixed, return_exceptions=True)
    assert [end for end in ends if isinstance(end, BaseException)] == []
    assert len(await rows(database, table)) <= 1


async def test_a_right_proof_is_taken_and_deletes_the_failures(attempts: Attempts, database: Database) -> None:
    """Two wrong attempts count; the right one after them leaves no row."""
    for number in range(2):
        assert await attempts.judge(_attempt(number), _is_wrong) == Judgement(Verdict.WRONG_PROOF)
    assert [row["failures"] for row in await rows(database, table)] == [2]
    assert await attempts.judge(_attempt(2), _is_right) == Judgement(Verdict.TAKEN)
    assert await rows(database, table) == []


async def test_a_caller_can_delete_the_failures_later(attempts: Attempts, database: Database) -> None:
    """Then a right attempt stays counted, until the transaction that takes the proof."""
    assert await attempts.judge(_attempt(1), _is_right, clears=False) == Judgement(Verdict.TAKEN)
    assert [row["failures"] for row in await rows(database, table)] == [1]


async def test_a_paused_proof_is_not_looked_at(attempts: Attempts, now: Clock) -> None:
    """While attempts are refused, even the right proof gives PAUSED, and until when."""
    for number in range(FREE):
        await attempts.judge(_attempt(number), _is_wrong, wrong=Verdict.WRONG_IDENTITY)
    paused = Judgement(Verdict.PAUSED, now() + timedelta(minutes=1))
    assert await attempts.judge(_attempt(FREE), _must_not_be_asked) == paused


async def _is_right() -> bool:
    return True


async def _is_wrong() -> bool:
    return False


async def _must_not_be_asked() -> bool:
    raise AssertionError("a paused proof was looked at")

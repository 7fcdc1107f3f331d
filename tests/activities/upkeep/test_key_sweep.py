"""The sweep destroys the keys of recoveries that have ended, and keeps those of running ones."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from temporalio.client import Client, WorkflowHandle

from activities.config.clock import utc_now
from activities.progress.rows import LinkOf, begin
from activities.security.vault import EnvelopeError, Vault
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import vault_keys
from activities.upkeep.key_sweep import KeySweep
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import ReceiptListener

Recovery = WorkflowHandle[ReceiptListener, None]
MINIMUM_AGE = timedelta(minutes=10)


@pytest.fixture
def now() -> Clock:
    """A clock that starts at the real time, which Temporal's server uses for the recoveries."""
    return Clock(utc_now())


@pytest.fixture
def sweep(database: Database, vault: Vault, temporal: Client, now: Clock) -> KeySweep:
    """The sweep."""
    return KeySweep(database, vault, temporal, now)


async def _keys(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_keys_of_a_terminated_recovery_are_destroyed(
    sweep: KeySweep, vault: Vault, now: Clock, recovery: Recovery
) -> None:
    """A terminated recovery does not destroy its keys itself; the sweep does, and returns their number."""
    sealed = await vault.seal(recovery.id, "request", {"contact": "+33612345678", "proofs": "{}"})
    await recovery.terminate()
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    assert await sweep.run() == 2
    with pytest.raises(EnvelopeError):
        await vault.unseal(recovery.id, "request", "contact", sealed["contact"])


async def test_keys_of_an_ended_or_unknown_recovery_are_destroyed(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """A recovery that completed, and one that never started."""
    await vault.seal(recovery.id, "ended", {"contact": "a"})
    await vault.seal("code-de-vote/never begun", "never", {"contact": "b"})
    await recovery.signal(ReceiptListener.end)
    await recovery.result()
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    assert await sweep.run() == 2
    assert await _keys(database) == set()


async def test_a_running_recovery_keeps_its_keys(
    sweep: KeySweep, vault: Vault, now: Clock, recovery: Recovery
) -> None:
    """Its contact can still be opened after days of waiting."""
    sealed = await vault.seal(recovery.id, "request", {"contact": "+33612345678"})
    now.advance(timedelta(days=7))
    assert await sweep.run() == 0
    assert await vault.unseal(recovery.id, "request", "contact", sealed["contact"]) == "+33612345678"


async def test_a_recent_key_is_kept(sweep: KeySweep, vault: Vault, database: Database, now: Clock) -> None:
    """The recovery of a new request may not have started in Temporal yet."""
    await vault.seal("code-de-vote/about to begin", "request", {"contact": "a"})
    now.advance(MINIMUM_AGE)
    assert await sweep.run() == 0
    assert await _keys(database) == {"request:contact"}


async def test_only_keys_of_ended_recoveries_are_destroyed(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """Of several keys, those of the running recovery are kept."""
    for number in range(3):
        await vault.seal(f"code-de-vote/gone-{number}", f"gone-{number}", {"contact": "a"})
        await vault.seal(recovery.id, f"alive-{number}", {"contact": "a"})
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    assert await sweep.run() == 3
    assert await _keys(database) == {f"alive-{number}:contact" for number in range(3)}


async def test_a_key_made_shortly_before_its_recovery_is_kept(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """While Temporal was down a form was sealed, and sent again half an hour later."""
    begun = now()
    now.instant = begun - timedelta(minutes=30)
    await vault.seal(recovery.id, "request", {"contact": "a"})
    now.instant = begun + MINIMUM_AGE + timedelta(seconds=1)
    assert await sweep.run() == 0
    assert await _keys(database) == {"request:contact"}


async def test_many_keys_are_swept_page_by_page(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages of keys are swept."""
    monkeypatch.setattr("activities.upkeep.key_sweep._PAGE", 2)
    for number in range(5):
        await vault.seal(f"code-de-vote/gone-{number}", f"gone-{number}", {"contact": "a"})
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    assert await sweep.run() == 5
    assert await _keys(database) == set()


async def test_keys_of_a_terminated_run_are_destroyed_during_the_next_run(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """A key that was made long before the current run started belongs to an earlier run."""
    later = now()
    now.instant = datetime(2020, 1, 1, tzinfo=UTC)
    await vault.seal(recovery.id, "earlier", {"contact": "a"})
    now.instant = later
    await vault.seal(recovery.id, "living", {"contact": "a"})
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    assert await sweep.run() == 1
    assert await _keys(database) == {"living:contact"}


async def test_a_sweep_of_an_empty_vault_destroys_nothing(sweep: KeySweep) -> None:
    """It returns 0."""
    assert await sweep.run() == 0


async def test_pages_call_a_terminated_recovery_cancelled(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """Nobody else writes its row; those of a running recovery and of one that has just begun again stay as they are.

    Also of one that has ended with its keys, before a renewal that it had given up made its row say that a link is on its way.
    """
    terminated, begun_again = "code-de-vote/terminated", "code-de-vote/begun again"
    without_key = "code-de-vote/renewed too late"
    for workflow_id in (terminated, begun_again, recovery.id, without_key):
        if workflow_id != without_key:
            await vault.seal(workflow_id, workflow_id[-10:], {"contact": "a"})
        async with database.writing() as connection:
            link, end = LinkOf(workflow_id, "link"), utc_now() + timedelta(days=1)
            await begin(connection, link, Channel.SMS, hint="•• 78", sends_left=1, dies_at=end)
    long_ago = utc_now() - MINIMUM_AGE - timedelta(seconds=1)
    async with database.writing() as connection:
        older = update(progress).where(progress.c.workflow_id != begun_again)
        await connection.execute(older.values(changed_at=long_ago))
    now.advance(MINIMUM_AGE + timedelta(seconds=1))
    await sweep.run()
    found = {row["workflow_id"]: (row["stage"], row["hint"]) for row in await rows(database, progress)}
    under_way = ("Sending", "•• 78")
    cancelled = ("Cancelled", "")
    assert found == {
        terminated: cancelled,
        without_key: cancelled,
        begun_again: under_way,
        recovery.id: under_way,
    }

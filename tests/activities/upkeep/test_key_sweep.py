"""Keys of recoveries that are over are destroyed, those of running ones are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.config.clock import utc_now
from activities.security.vault import EnvelopeError, Vault
from activities.store.database import Database
from activities.store.tables import vault_keys
from activities.upkeep.key_sweep import KeySweep
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import Listening

Recovery = WorkflowHandle[Listening, None]
YOUNG = timedelta(minutes=10)


@pytest.fixture
def now() -> Clock:
    """The true time, until the test moves it, since the recoveries run on Temporal's clock."""
    return Clock(utc_now())


@pytest.fixture
def sweep(database: Database, vault: Vault, temporal: Client, now: Clock) -> KeySweep:
    """The sweep."""
    return KeySweep(database, vault, temporal, now)


async def _keys(database: Database) -> set[str]:
    return {row["id"] for row in await rows(database, vault_keys)}


async def test_a_terminated_recovery_s_contact_becomes_unreadable(
    sweep: KeySweep, vault: Vault, now: Clock, recovery: Recovery
) -> None:
    """A terminated recovery does not settle itself; the sweep destroys its keys, and says how many."""
    sealed = await vault.seal(recovery.id, "request", {"contact": "+33612345678", "proofs": "{}"})
    await recovery.terminate()
    now.advance(YOUNG + timedelta(seconds=1))
    assert await sweep.run() == 2
    with pytest.raises(EnvelopeError):
        await vault.unseal(recovery.id, "request", "contact", sealed["contact"])


async def test_a_recovery_that_is_over_has_no_keys(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """One that ended by itself, and one that never started."""
    await vault.seal(recovery.id, "ended", {"contact": "a"})
    await vault.seal("voting-code/never begun", "never", {"contact": "b"})
    await recovery.signal(Listening.end)
    await recovery.result()
    now.advance(YOUNG + timedelta(seconds=1))
    assert await sweep.run() == 2
    assert await _keys(database) == set()


async def test_a_running_recovery_keeps_its_keys(
    sweep: KeySweep, vault: Vault, now: Clock, recovery: Recovery
) -> None:
    """However long it waits, its contact can be read."""
    sealed = await vault.seal(recovery.id, "request", {"contact": "+33612345678"})
    now.advance(timedelta(days=7))
    assert await sweep.run() == 0
    assert await vault.unseal(recovery.id, "request", "contact", sealed["contact"]) == "+33612345678"


async def test_a_young_key_is_kept(sweep: KeySweep, vault: Vault, database: Database, now: Clock) -> None:
    """Temporal may not know its recovery yet."""
    await vault.seal("voting-code/about to begin", "request", {"contact": "a"})
    now.advance(YOUNG)
    assert await sweep.run() == 0
    assert await _keys(database) == {"request:contact"}


async def test_one_recovery_s_end_does_not_affect_others(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """The keys of the running ones stay, and only those."""
    for number in range(3):
        await vault.seal(f"voting-code/gone-{number}", f"gone-{number}", {"contact": "a"})
        await vault.seal(recovery.id, f"alive-{number}", {"contact": "a"})
    now.advance(YOUNG + timedelta(seconds=1))
    assert await sweep.run() == 3
    assert await _keys(database) == {f"alive-{number}:contact" for number in range(3)}


async def test_a_key_of_a_form_that_was_sent_again_is_kept(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """Sealed at noon while Temporal was unavailable, sent again at half past."""
    begun = now()
    now.instant = begun - timedelta(minutes=30)
    await vault.seal(recovery.id, "request", {"contact": "a"})
    now.instant = begun + YOUNG + timedelta(seconds=1)
    assert await sweep.run() == 0
    assert await _keys(database) == {"request:contact"}


async def test_many_keys_are_swept_page_by_page(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is skipped."""
    monkeypatch.setattr("activities.upkeep.key_sweep._PAGE", 2)
    for number in range(5):
        await vault.seal(f"voting-code/gone-{number}", f"gone-{number}", {"contact": "a"})
    now.advance(YOUNG + timedelta(seconds=1))
    assert await sweep.run() == 5
    assert await _keys(database) == set()


async def test_keys_of_a_terminated_run_are_destroyed_while_the_next_one_runs(
    sweep: KeySweep, vault: Vault, database: Database, now: Clock, recovery: Recovery
) -> None:
    """A key made long before the running one started is not needed."""
    later = now()
    now.instant = datetime(2020, 1, 1, tzinfo=UTC)
    await vault.seal(recovery.id, "earlier", {"contact": "a"})
    now.instant = later
    await vault.seal(recovery.id, "living", {"contact": "a"})
    now.advance(YOUNG + timedelta(seconds=1))
    assert await sweep.run() == 1
    assert await _keys(database) == {"living:contact"}


async def test_a_sweep_with_nothing_to_do_does_nothing(sweep: KeySweep) -> None:
    """An empty vault is not an error."""
    assert await sweep.run() == 0

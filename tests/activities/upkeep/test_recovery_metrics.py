"""What Prometheus is told of all recoveries."""

from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, insert, update

from activities.config.clock import utc_now
from activities.security.purposes import PROOFS
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import vault_keys
from activities.upkeep.heartbeat import Heartbeat
from activities.upkeep.recovery_metrics import RecoveryMetrics
from election.following.progress import Progress, stage_at
from election.stages import Channel, Stage
from tests.support.clock import Clock

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


@dataclass(frozen=True)
class _Rules:
    late_after: timedelta = 60 * _SECOND
    between_sends: timedelta = 60 * _SECOND


_RULES = _Rules()


@pytest.fixture
def clock() -> Clock:
    """A clock that shows about the time of the database."""
    return Clock(utc_now())


@pytest.fixture
def metrics(database: Database, clock: Clock) -> RecoveryMetrics:
    """The metrics under test."""
    return RecoveryMetrics(database, _RULES, clock)


async def _note(database: Database, number: int, facts: Progress) -> None:
    row = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
    rows = [
        {**row, "workflow_id": f"code-de-vote/{token_hex(8)}", "send_number": 1, "changed_at": facts.since}
        for _ in range(number)
    ]
    async with database.writing() as connection:
        await connection.execute(insert(progress), rows)


def _value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"reassort_{name}", labels)


def _causes() -> dict[str, float]:
    samples = (sample for family in REGISTRY.collect() for sample in family.samples)
    return {each.labels["cause"]: each.value for each in samples if each.name == "reassort_recovery_faults"}


async def test_recoveries_are_counted_by_the_stage_that_a_page_says(
    database: Database, metrics: RecoveryMetrics, clock: Clock
) -> None:
    """Late, expired and no longer displayed by the clock alone; a stage without any is 0."""
    now = clock()
    sent = Progress(
        Stage.SENDING, now, channel=Channel.SMS, begun_at=now - _SECOND, accepted_at=now, dies_at=now + _HOUR
    )
    facts = [
        sent,
        replace(sent, accepted_at=None),
        replace(sent, begun_at=now - _HOUR),
        replace(sent, begun_at=now - _HOUR, channel=Channel.EMAIL),
        replace(sent, begun_at=now - _HOUR, delivered_at=now - _HOUR),
        replace(sent, dies_at=now - _SECOND),
        replace(sent, stage=Stage.HELD, fault="sms:smpp-throttled"),
        replace(sent, stage=Stage.DISPLAYING, display_until=now + _HOUR),
        replace(sent, stage=Stage.DISPLAYING, display_until=now - _SECOND),
        Progress(Stage.REFUSED, now),
    ]
    expected = dict.fromkeys(Stage, 0)
    for number, each in enumerate(facts, start=1):
        expected[stage_at(each, now, _RULES)] += number
        await _note(database, number, each)
    await metrics.refresh()
    assert {stage: _value("recoveries", stage=stage) for stage in Stage} == expected
    assert {stage for stage, number in expected.items() if number} >= {Stage.LATE, Stage.EXPIRED, Stage.REISSUED}


async def test_living_faults_are_counted_by_their_cause(
    database: Database, metrics: RecoveryMetrics, clock: Clock
) -> None:
    """The thirty most frequent by name; what an operator has invented is « other », and what is over is none."""
    now = clock()
    held = Progress(Stage.HELD, now, channel=Channel.SMS, begun_at=now, dies_at=now + _HOUR)
    await _note(database, 3, replace(held, fault="sms:smpp-throttled"))
    await _note(database, 2, replace(held, fault="sms:0612345678"))
    await _note(database, 9, replace(held, fault="sms:smpp-throttled", dies_at=now - _SECOND))
    await _note(database, 9, replace(held, fault="sms:smpp-throttled", stage=Stage.CANCELLED))
    for status in range(40):
        await _note(database, 1, replace(held, fault=f"sms:smpp-0x{status:08X}"))
    await metrics.refresh()
    causes = _causes()
    assert _value("recovery_faults", stage="Held", channel="sms", cause="smpp-throttled") == 3
    assert len(causes) == 31
    assert causes["other"] == 2 + 40 - 29
    assert "0612345678" not in causes


async def test_the_oldest_that_wait_are_measured(
    database: Database, metrics: RecoveryMetrics, vault: Vault
) -> None:
    """A request that is not judged, and a message that no gateway was handed; a message with a fault does not wait."""
    now = utc_now()
    waiting = Progress(Stage.SENDING, now, channel=Channel.SMS, begun_at=now - _HOUR, dies_at=now + _HOUR)
    await _note(database, 1, waiting)
    await _note(database, 1, replace(waiting, channel=Channel.EMAIL, fault="email:smtp-451"))
    await vault.seal("code-de-vote/camille", "request", {PROOFS: "sealed"})
    async with database.writing() as connection:
        await connection.execute(update(vault_keys).values(created_at=func.now() - 2 * _HOUR))
    await metrics.refresh()
    assert _value("oldest_unsent_seconds", channel="sms") == pytest.approx(3600, abs=60)
    assert _value("oldest_unsent_seconds", channel="email") is None
    assert _value("oldest_unjudged_seconds") == pytest.approx(7200, abs=60)


async def test_they_are_read_again_after_ten_seconds(
    database: Database, metrics: RecoveryMetrics, clock: Clock
) -> None:
    """Whoever asks more often reads the same, since each reading reads the whole table."""
    await metrics.refresh()
    await _note(database, 1, Progress(Stage.REFUSED, clock()))
    await Heartbeat(database).beat(["messaging"])
    clock.advance(9 * _SECOND)
    await metrics.refresh()
    assert (_value("recoveries", stage="Refused"), _value("heartbeat_age_seconds", role="messaging")) == (0, None)
    clock.advance(_SECOND)
    await metrics.refresh()
    assert _value("recoveries", stage="Refused") == 1
    assert _value("heartbeat_age_seconds", role="messaging") == pytest.approx(0, abs=30)


async def test_nothing_is_said_while_the_database_is_away(metrics: RecoveryMetrics, clock: Clock) -> None:
    """Old values would be taken for true."""
    await metrics.refresh()
    assert _value("database_up") == 1
    nowhere = Database("postgresql+psycopg://web@127.0.0.1:1/reassort")
    await RecoveryMetrics(nowhere, _RULES, clock).refresh()
    await nowhere.close()
    assert (_value("database_up"), _value("recoveries", stage="Sent")) == (0, None)

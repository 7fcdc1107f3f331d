"""A gateway is slow by the rule that shifts priorities, five messages at least; operators are told when it has been for ten minutes."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from sqlalchemy import insert

from activities.evidence.journal import Journal
from activities.routing.slowness import SlowDeliveries, SlowGateway
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from activities.store.tables import messages
from election.rules.gateways import GatewayRules
from election.stages import Channel
from tests.support.clock import Clock

_MINUTE = timedelta(minutes=1)


class Sms:
    """The ledger of one gateway: a message is accepted every ten seconds, and each takes as long as the test says."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database, self._now = database, now

    async def accepted(self, since: timedelta, took: timedelta | None, *, until: timedelta = timedelta(0)) -> None:
        """Add the messages of a time before now; without `took` none has arrived."""
        rows, at = [], self._now() - since
        while at < self._now() - until:
            ended_at = None if took is None else at + took
            rows.append(self._row(at, ended_at if ended_at and ended_at <= self._now() else None))
            at += timedelta(seconds=10)
        async with self._database.writing() as connection:
            await connection.execute(insert(messages), rows)

    def _row(self, at: datetime, ended_at: datetime | None) -> dict[str, object]:
        of = {"workflow_id": "code-de-vote/x", "delivery_id": "x", "channel": "sms", "gateway": "smpp"}
        outcome = None if ended_at is None else "delivered"
        return {"id": f"{at}", **of, "started_at": at, "accepted_at": at, "ended_at": ended_at, "outcome": outcome}


@pytest_asyncio.fixture
async def sms(database: Database, journal: Journal, now: Clock) -> Sms:
    """A gateway that has sent nothing."""
    await GatewayStates(database, journal, now).register([NewGateway("smpp", Channel.SMS, 100)])
    return Sms(database, now)


@pytest.fixture
def slow(database: Database, now: Clock) -> SlowDeliveries:
    """What judges the ledger, by the rules' defaults."""
    return SlowDeliveries(database, GatewayRules(), now)


async def test_slow_for_ten_minutes_is_told(sms: Sms, slow: SlowDeliveries) -> None:
    """Half an hour without an arrival: two thirds of the last quarter of an hour's messages have waited for five minutes."""
    await sms.accepted(30 * _MINUTE, None)
    [found] = await slow.lasting()
    assert found == SlowGateway("smpp", found.share, timedelta(minutes=5))
    assert round(found.share, 1) == 0.7


async def test_slow_for_less_is_not_told(sms: Sms, slow: SlowDeliveries) -> None:
    """It was quick until a quarter of an hour ago: what has waited for five minutes does so for ten minutes at most."""
    await sms.accepted(45 * _MINUTE, timedelta(seconds=5), until=14 * _MINUTE)
    await sms.accepted(14 * _MINUTE, None)
    assert await slow.lasting() == []
    assert await _metric(slow) == 1


@pytest.mark.parametrize("took", [timedelta(seconds=5), timedelta(minutes=4)])
async def test_what_arrives_in_time_is_not_slow(sms: Sms, slow: SlowDeliveries, took: timedelta) -> None:
    """Nor are messages of a minute ago that have not arrived."""
    await sms.accepted(30 * _MINUTE, took)
    assert await slow.lasting() == []
    assert await _metric(slow) == 0


async def test_a_phone_that_is_off_is_no_slow_gateway(sms: Sms, slow: SlowDeliveries) -> None:
    """Four messages without a receipt, and nothing else."""
    await sms.accepted(10 * _MINUTE, None, until=10 * _MINUTE - timedelta(seconds=40))
    assert await slow.lasting() == []
    assert await _metric(slow) == 0


async def _metric(slow: SlowDeliveries) -> float | None:
    await slow.measure()
    return REGISTRY.get_sample_value("reassort_gateway_slow", {"gateway": "smpp"})

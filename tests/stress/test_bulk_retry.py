"""Two operators retry the same failed sends at once while the worker is killed: each is sent once, and the counts are true."""

import asyncio

import pytest

from demo.client import demo_internals, electors
from demo.client.held_recoveries import ask_for_links, held, retry_all
from demo.client.running import Demo
from tests.support.waiting import until
from workflows.acts.starting import act_handle

NUMBER, FIRST, RATE, KILLS = 60, 800_000, 30, 1
_RETRIES = """SELECT workflow_id, count(*) FROM journal WHERE event = 'operator:send:retried' AND detail LIKE 'acte %%'
    GROUP BY workflow_id"""
_ORDERED = "SELECT count(*) FROM bulk_items WHERE state NOT IN ('waiting', 'skipped')"


@pytest.fixture
def mailboxes(stress_demo: Demo) -> list[dict[str, str]]:
    """Electors to whom nothing has been sent yet."""
    return electors.load(stress_demo.state, NUMBER, FIRST, activated=False)


async def test_each_failed_send_is_retried_once(stress_demo: Demo, mailboxes: list[dict[str, str]]) -> None:
    """Every recovery obeys one of the two acts; what they say was sent is what the relay has accepted."""
    await until(stress_demo.is_healthy, within=40)
    client = await demo_internals.connect_temporal(stress_demo)
    stress_demo.gateways(email="refuse")
    await ask_for_links(stress_demo, client, mailboxes)
    await until(lambda: held(stress_demo) >= NUMBER, within=60)
    stress_demo.gateways(email="ok")
    acts = await asyncio.gather(*(retry_all(stress_demo, client, RATE, name) for name in ("A. Un", "B. Deux")))
    for kill in range(1, KILLS + 1):
        await until(lambda: _ordered(stress_demo) >= NUMBER * kill // (KILLS + 2), within=60)  # noqa: B023 - awaited before `kill` changes
        stress_demo.kill("worker")
    async with asyncio.timeout(100):
        counts = [await act_handle(client, act).result() for act in acts]
    assert [each.total for each in counts] == [NUMBER] * 2
    assert (sum(each.sent for each in counts), sum(each.failed for each in counts)) == (NUMBER, 0)
    retries: dict[str, int] = dict(demo_internals.fetch_rows(stress_demo, _RETRIES))
    assert (len(retries), set(retries.values())) == (NUMBER, {1})
    assert _accepted(stress_demo) == NUMBER
    await until(stress_demo.is_healthy, within=40)


def _ordered(demo: Demo) -> int:
    [(number,)] = demo_internals.fetch_rows(demo, _ORDERED)
    return int(number)


def _accepted(demo: Demo) -> int:
    sent = """SELECT count(*) FROM messages JOIN bulk_items ON messages.workflow_id = bulk_items.workflow_id
        WHERE bulk_items.state = 'sent' AND messages.id = bulk_items.link_id || '-2' AND accepted_at IS NOT NULL"""
    [(number,)] = demo_internals.fetch_rows(demo, sent)
    return int(number)

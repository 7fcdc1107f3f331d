"""Two operators retry the same failed sends at once while console and worker are killed: each is sent once, the counts are true."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx2
import psutil
import pytest
import pytest_asyncio

from demo.client import demo_internals, electors
from demo.client.held_recoveries import ask_for_links, held, retry_all
from demo.client.operators import OPERATEUR, csrf_of, sign_in
from demo.client.running import Demo
from election.procedures import Procedure
from election.stages import Channel
from tests.support.waiting import until
from workflows.acts.starting import act_handle

NUMBER, FIRST, RATE = 40, 800_000, 5
KILLS = (("web", 0.1), ("worker", 1 / 3))
_FAILURES, _ACTS = "/exploitation/echecs", "/exploitation/actes"
_RETRIES = """SELECT workflow_id, count(*) FROM journal WHERE event = 'operator:send:retried' AND detail LIKE 'acte %%'
    GROUP BY workflow_id"""
_ORDERED = "SELECT count(*) FROM bulk_items WHERE state NOT IN ('waiting', 'skipped')"


@pytest.fixture
def mailboxes(stress_demo: Demo) -> list[dict[str, str]]:
    """Electors to whom nothing has been sent yet."""
    return electors.load(stress_demo.state, NUMBER, FIRST, activated=False)


@pytest_asyncio.fixture
async def console(stress_demo: Demo) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of an operator who has signed in."""
    async with httpx2.AsyncClient(base_url=stress_demo.url, timeout=30) as browser:
        await until(stress_demo.is_healthy, within=40)
        await sign_in(browser, OPERATEUR)
        yield browser


async def test_each_failed_send_is_retried_once(
    stress_demo: Demo, mailboxes: list[dict[str, str]], console: httpx2.AsyncClient
) -> None:
    """Every recovery obeys one of the two acts; what they say was sent is what the relay has accepted, and the console says it.

    The console that has given one of the acts is killed while it goes on: in a demo it is in the web's process.
    """
    client = await demo_internals.connect_temporal(stress_demo)
    stress_demo.gateways(email="refuse")
    await ask_for_links(stress_demo, client, mailboxes)
    await until(lambda: held(stress_demo) >= NUMBER, within=60)
    stress_demo.gateways(email="ok")
    with _waiting(stress_demo.process("worker")):  # so that both acts begin at once
        acts = [await _ordered_by_console(console), await retry_all(stress_demo, client, RATE, "B. Deux")]
    for killed, share in KILLS:
        await until(lambda: _ordered(stress_demo) >= NUMBER * share, within=60)  # noqa: B023 - awaited before `share` changes
        assert _ordered(stress_demo) < NUMBER
        stress_demo.kill(killed)
    async with asyncio.timeout(100):
        counts = [await act_handle(client, act).result() for act in acts]
    assert [each.total for each in counts] == [NUMBER] * 2
    assert (sum(each.sent for each in counts), sum(each.failed for each in counts)) == (NUMBER, 0)
    retries: dict[str, int] = dict(demo_internals.fetch_rows(stress_demo, _RETRIES))
    assert (len(retries), set(retries.values())) == (NUMBER, {1})
    assert _accepted(stress_demo) == NUMBER
    await until(stress_demo.is_healthy, within=40)
    shown = (await console.get(f"{_ACTS}/{acts[0]}.json")).json()
    assert shown == {
        "state": "done",
        "total": NUMBER,
        "sent": counts[0].sent,
        "failed": 0,
        "skipped": counts[0].skipped,
    }


@contextmanager
def _waiting(process: psutil.Process) -> Iterator[None]:
    process.suspend()
    try:
        yield
    finally:
        process.resume()


async def _ordered_by_console(console: httpx2.AsyncClient) -> str:
    """Retry all that is held from the page of failures, and return the act's id."""
    chosen = {"tout": "relancer", "channel": Channel.EMAIL, "procedure": Procedure.IDENTIFIER_AND_PASSWORD}
    fields = {
        **chosen,
        "csrf": csrf_of((await console.get(_FAILURES)).text),
        "reason": "relais rétabli",
        "rate": RATE,
    }
    begun = await console.post(f"{_FAILURES}/relancer", data=fields)
    return str(begun.headers["location"]).removeprefix(f"{_ACTS}/")


def _ordered(demo: Demo) -> int:
    [(number,)] = demo_internals.fetch_rows(demo, _ORDERED)
    return int(number)


def _accepted(demo: Demo) -> int:
    sent = """SELECT count(*) FROM messages JOIN bulk_items ON messages.workflow_id = bulk_items.workflow_id
        WHERE bulk_items.state = 'sent' AND messages.id = bulk_items.link_id || '-2' AND accepted_at IS NOT NULL"""
    [(number,)] = demo_internals.fetch_rows(demo, sent)
    return int(number)

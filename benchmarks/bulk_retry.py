"""Two operators retry the same held recoveries at once, while worker and web are killed: how long it takes, each sent once."""

import asyncio
from time import perf_counter

from temporalio.client import Client

from activities.acts.bulk_order import MAX_RATE
from activities.acts.bulk_orders import ActCounts
from benchmarks.base.bench import Bench
from benchmarks.base.tables import Table
from demo.client import demo_internals, electors
from demo.client.held_recoveries import ask_for_links, held, retry_all
from demo.client.running import Demo
from workflows.acts.starting import act_handle

_FIRST = 800_000  # no other measure has these electors
_RATE = MAX_RATE  # a second: more than this machine can do
_OPERATORS = ("A. Un", "B. Deux")
_KILLED = ("worker", "web")  # in turn; the console is in the demo's web
_LOOKS_EVERY = 0.5  # seconds
_OBEYED = "SELECT count(*) FROM bulk_items WHERE state NOT IN ('waiting', 'skipped')"
_RETRIES = """SELECT workflow_id, count(*) FROM journal WHERE event = 'operator:send:retried' AND detail LIKE 'acte %%'
    GROUP BY workflow_id"""
_ACCEPTED = """SELECT count(*) FROM messages JOIN bulk_items ON messages.workflow_id = bulk_items.workflow_id
    WHERE bulk_items.state = 'sent' AND messages.id = bulk_items.link_id || '-2' AND accepted_at IS NOT NULL"""
_COLUMNS = {
    "held": "held",
    "kills": "kills",
    "hold_s": "until all are held, s",
    "seconds": "both acts, s",
    "per_second": "retried a second",
    "sent": "sent",
    "failed": "failed again",
    "skipped": "skipped (the other act had them)",
}


async def measure(bench: Bench) -> list[Table]:
    """Measure two acts that retry everything."""
    number, kills = bench.size(10, 2_000, 10_000), bench.size(0, 4)
    table = Table("An act of two operators on all that is held", _COLUMNS)
    async with bench.testbed() as testbed:
        demo = testbed.demo
        client = await demo_internals.connect_temporal(demo)
        hold_seconds = await _hold(demo, client, number)
        bench.progress(f"{number} held")
        begun = perf_counter()
        acts = await asyncio.gather(*(retry_all(demo, client, _RATE, name) for name in _OPERATORS))
        killing = asyncio.create_task(_kill(demo, number, kills))
        counts = [await act_handle(client, act).result() for act in acts]
        seconds = perf_counter() - begun
        killing.cancel()
        bench.violations += _violations(demo, number, counts)
    sums = (sum(getattr(each, name) for each in counts) for name in ("sent", "failed", "skipped"))
    table.add(number, kills, hold_seconds, seconds, number / seconds, *sums)
    return [table]


async def _hold(demo: Demo, client: Client, number: int) -> float:
    """Let the relay refuse a link's mail of each of so many recoveries, and return the seconds until all were held."""
    before = held(demo)
    people = await asyncio.to_thread(electors.load, demo.state, number, _FIRST, activated=False)
    begun = perf_counter()
    demo.gateways(email="refuse")
    await ask_for_links(demo, client, people)
    while held(demo) < before + number:  # noqa: ASYNC110 - it is another process that changes the rows
        await asyncio.sleep(_LOOKS_EVERY)
    demo.gateways(email="ok")
    return perf_counter() - begun


async def _kill(demo: Demo, number: int, kills: int) -> None:
    """Kill a process each time another share of the recoveries has obeyed."""
    for kill in range(kills):
        while _number(demo, _OBEYED) < number * (kill + 1) // (kills + 2):  # noqa: ASYNC110 - the same
            await asyncio.sleep(_LOOKS_EVERY)
        demo.kill(_KILLED[kill % len(_KILLED)])


def _violations(demo: Demo, number: int, counts: list[ActCounts]) -> list[str]:
    retries: dict[str, int] = dict(demo_internals.fetch_rows(demo, _RETRIES))
    said = sum(each.sent for each in counts)
    found = {
        f"{said} said to be sent, not {number}": said != number,
        f"{len(retries)} retried, not {number}": len(retries) != number,
        "one was retried twice": any(times > 1 for times in retries.values()),
        "the relay has not accepted what is said to be sent": _number(demo, _ACCEPTED) != said,
    }
    return [f"bulk_retry: {what}" for what, is_so in found.items() if is_so]


def _number(demo: Demo, statement: str) -> int:
    [(number,)] = demo_internals.fetch_rows(demo, statement)
    return int(number)

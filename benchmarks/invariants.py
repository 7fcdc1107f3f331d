"""Invariants of a demo without running requests: every recovery and every message is accounted for."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from demo.client import demo_internals
from demo.client.running import Demo
from demo.state.inbox import Inbox
from election.stages import ENDINGS, Stage

_ALL = 1_000_000
_QUERY = "WorkflowType = 'VotingCodeRecovery'"
_ACCEPTED = "SELECT DISTINCT workflow_id FROM journal WHERE event = 'voting_code:request:accepted'"
_CODES = """
SELECT id, (SELECT count(*) FROM credentials WHERE elector_id = electors.id AND kind = 'voting_code' AND ended_at IS NULL)
FROM electors
"""
_LINKS = (
    "SELECT workflow_id, delivery_id, count(*) FROM messages "
    "WHERE accepted_at IS NOT NULL AND id NOT LIKE '%-avis' GROUP BY 1, 2"
)
_NOTICES = """
SELECT work_email, count(*) FROM messages
JOIN electors ON left(electors.id, 12) = lower(replace(right(messages.workflow_id, 14), '-', ''))
WHERE accepted_at IS NOT NULL AND messages.id LIKE '%-avis' GROUP BY 1
"""
_WITHOUT_RECEIPT = "SELECT id FROM messages WHERE accepted_at IS NOT NULL AND channel = 'sms' AND outcome IS NULL"


@dataclass
class Records:
    """The recoveries and messages in the database, in Temporal and on the phones at one moment.

    `accepted` has the ids of accepted recoveries; `runs` has workflow id, stage, and whether the run is open. `sent` and
    `arrived` count messages by the token of their link, or by the address of a notice.
    """

    accepted: set[str] = field(default_factory=set)
    runs: list[tuple[str, str | None, bool]] = field(default_factory=list)
    active_codes: dict[str, int] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    without_receipt: list[str] = field(default_factory=list)

    def since(self, earlier: "Records") -> "Records":
        """Return the records without the messages of an earlier moment, which other benchmarks have sent."""
        return replace(self, sent=self.sent - earlier.sent, arrived=self.arrived - earlier.arrived)


async def read(demo: Demo) -> Records:
    """Return the current records of a demo."""
    client = await demo_internals.connect_temporal(demo)
    runs = []
    async for run in client.list_workflows(_QUERY):
        stages = [pair.value for pair in run.typed_search_attributes if pair.key.name == "RecoveryStage"]
        runs.append((run.id, str(stages[0]) if stages else None, run.close_time is None))
    return await asyncio.to_thread(_with_databases, demo, runs)


def _with_databases(demo: Demo, runs: list[tuple[str, str | None, bool]]) -> Records:
    links = demo_internals.build_roll_services(demo).links
    sent = Counter({links.token(*link): number for *link, number in demo_internals.fetch_rows(demo, _LINKS)})
    return Records(
        accepted={recovery for (recovery,) in demo_internals.fetch_rows(demo, _ACCEPTED)},
        runs=runs,
        active_codes=dict(demo_internals.fetch_rows(demo, _CODES)),
        sent=sent + Counter(dict(demo_internals.fetch_rows(demo, _NOTICES))),
        arrived=_arrived(demo),
        without_receipt=[message for (message,) in demo_internals.fetch_rows(demo, _WITHOUT_RECEIPT)],
    )


def _arrived(demo: Demo) -> Counter[str]:
    received = Inbox.under(demo.state).since(0, _ALL)
    return Counter(
        message.text.partition("/lien/")[2].split()[0] if "/lien/" in message.text else message.to
        for message in received
    )


def violations(records: Records) -> dict[str, list[str]]:
    """Return the violations of each invariant, by its sentence; the lists are empty where it holds."""
    return {
        "recoveries accepted = ended + running": list(_unaccounted(records)),
        "one active code each": [f"{each} has {n}" for each, n in records.active_codes.items() if n != 1],
        "every stage known": list(_unknown_stages(records)),
        "every sent message arrived, once": _differences(records.sent, records.arrived),
        "nothing arrived that was not sent": _differences(records.arrived, records.sent),
        "every SMS sent has its receipt": records.without_receipt,
    }


def _unaccounted(records: Records) -> Iterator[str]:
    ended = {name for name, stage, is_open in records.runs if not is_open and stage != Stage.REFUSED}
    running = {name for name, _, is_open in records.runs if is_open}
    yield from (
        f"{name} was accepted, and has neither ended nor is running" for name in records.accepted - ended - running
    )
    yield from (f"{name} ended, and was never accepted" for name in ended - records.accepted)
    open_runs = Counter(name for name, _, is_open in records.runs if is_open)
    yield from (f"{name} has {number} open runs" for name, number in open_runs.items() if number > 1)


def _unknown_stages(records: Records) -> Iterator[str]:
    for name, stage, is_open in records.runs:
        if stage is None and is_open:
            continue  # nothing has disturbed it yet
        if stage not in set(Stage) or (Stage(stage) in ENDINGS) == is_open:
            yield f"{name} is {stage} and {'open' if is_open else 'closed'}"


def _differences(some: Counter[str], others: Counter[str]) -> list[str]:
    return [f"{name[:8]}…: {number}" for name, number in (some - others).items()]

"""What must be true of a system at rest: every recovery in its place, every message accounted for."""

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
_TAKEN = "SELECT DISTINCT workflow_id FROM journal WHERE event = 'voting_code:request:taken'"
_CODES = """
SELECT id, (SELECT count(*) FROM credentials WHERE elector_id = electors.id AND kind = 'voting_code' AND ended_at IS NULL)
FROM electors
"""
_LINKS = (
    "SELECT workflow_id, delivery_id, count(*) FROM messages "
    "WHERE accepted_at IS NOT NULL AND id NOT LIKE '%-avis' GROUP BY 1, 2"
)
_NOTICES = """
SELECT work_email, count(*) FROM messages JOIN electors ON messages.workflow_id LIKE '%/' || electors.id
WHERE accepted_at IS NOT NULL AND messages.id LIKE '%-avis' GROUP BY 1
"""
_UNTOLD = "SELECT id FROM messages WHERE accepted_at IS NOT NULL AND channel = 'sms' AND outcome IS NULL"


@dataclass
class Books:
    """What the roll, Temporal and the phones say at one moment.

    `runs` has workflow id, stage and whether it is still open, the newest first; `sent` and
    `arrived` count the messages by the token of their link, or by the address of a notice.
    """

    taken: set[str] = field(default_factory=set)
    runs: list[tuple[str, str | None, bool]] = field(default_factory=list)
    active_codes: dict[str, int] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    untold: list[str] = field(default_factory=list)

    def since(self, earlier: "Books") -> "Books":
        """Return the same without the messages that were there earlier: a demo may have served other measures."""
        return replace(self, sent=self.sent - earlier.sent, arrived=self.arrived - earlier.arrived)


async def read(demo: Demo) -> Books:
    """Return the books of a demo as they are now."""
    client = await demo_internals.temporal(demo)
    runs = []
    async for run in client.list_workflows(_QUERY):
        stages = [pair.value for pair in run.typed_search_attributes if pair.key.name == "RecoveryStage"]
        runs.append((run.id, str(stages[0]) if stages else None, run.close_time is None))
    return await asyncio.to_thread(_with_databases, demo, runs)


def _with_databases(demo: Demo, runs: list[tuple[str, str | None, bool]]) -> Books:
    links = demo_internals.build_roll_services(demo).links
    sent = Counter({links.token(*link): number for *link, number in demo_internals.ask(demo, _LINKS)})
    return Books(
        taken={recovery for (recovery,) in demo_internals.ask(demo, _TAKEN)},
        runs=runs,
        active_codes=dict(demo_internals.ask(demo, _CODES)),
        sent=sent + Counter(dict(demo_internals.ask(demo, _NOTICES))),
        arrived=_arrived(demo),
        untold=[message for (message,) in demo_internals.ask(demo, _UNTOLD)],
    )


def _arrived(demo: Demo) -> Counter[str]:
    received = Inbox.under(demo.state).since(0, _ALL)
    return Counter(
        message.text.partition("/lien/")[2].split()[0] if "/lien/" in message.text else message.to
        for message in received
    )


def broken(books: Books) -> dict[str, list[str]]:
    """Return what breaks each invariant, by the sentence that states it; all are named, most are empty."""
    return {
        "recoveries taken = ended + live": list(_unbalanced(books)),
        "one active code each": [f"{each} has {n}" for each, n in books.active_codes.items() if n != 1],
        "no stage unknown": list(_unknown(books)),
        "every sent message arrived, once": _differences(books.sent, books.arrived),
        "nothing arrived that was not sent": _differences(books.arrived, books.sent),
        "every SMS sent has its receipt told": books.untold,
    }


def _unbalanced(books: Books) -> Iterator[str]:
    ended = {name for name, stage, is_open in books.runs if not is_open and stage != Stage.REFUSED}
    live = {name for name, _, is_open in books.runs if is_open}
    yield from (f"{name} was taken, and is neither ended nor live" for name in books.taken - ended - live)
    yield from (f"{name} ended, and was never taken" for name in ended - books.taken)
    open_runs = Counter(name for name, _, is_open in books.runs if is_open)
    yield from (f"{name} lives {number} times" for name, number in open_runs.items() if number > 1)


def _unknown(books: Books) -> Iterator[str]:
    for name, stage, is_open in books.runs:
        if stage not in set(Stage) or (Stage(stage) in ENDINGS) == is_open:
            yield f"{name} is {stage} and {'open' if is_open else 'closed'}"


def _differences(some: Counter[str], others: Counter[str]) -> list[str]:
    return [f"{name[:8]}…: {number}" for name, number in (some - others).items()]

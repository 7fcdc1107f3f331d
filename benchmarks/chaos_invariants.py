"""Invariants after injected faults, checked in the database, on the phones and in Temporal."""

import asyncio
from collections import Counter

from temporalio.client import Client

from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo
from demo.client.voter import Person
from demo.state.inbox import Inbox
from election.stages import Stage
from workflows import replay_check

_ACTIVE = "SELECT elector_id, count(*) FROM credentials WHERE kind = 'voting_code' AND ended_at IS NULL GROUP BY 1"
_UNSENT = "SELECT count(*) FROM messages WHERE accepted_at IS NULL"


async def violations_of(demo: Demo, people: list[Person]) -> list[str]:
    """Return a line for each violation; the list is empty if all invariants hold.

    Each elector has one active code, every stage is known, no phone has the same SMS twice, and another worker could
    continue every recovery.
    """
    violations = await asyncio.to_thread(_doubled_codes, demo)
    client = await Client.connect(demo.temporal)
    stages = await _stages(client)
    print(f"recoveries: {dict(stages)}")
    known = {None, *(stage.value for stage in Stage)}  # None: it is open, and nothing has disturbed it
    violations += [f"unknown stage {stage}" for stage in stages if stage not in known]
    phones = {person["phone"] for person in people}
    inbox = Inbox.under(demo.state)
    for phone in phones:
        repeated = [text for text, times in Counter(each.text for each in inbox.of(phone)).items() if times > 1]
        violations += [f"the same SMS twice on {phone}"] if repeated else []
    return violations + await replay_check.failures(client)


def _doubled_codes(demo: Demo) -> list[str]:
    doubled = [row for row in fetch_rows(demo, _ACTIVE) if row[1] != 1]
    [(unsent,)] = fetch_rows(demo, _UNSENT)
    print(f"messages not accepted by a gateway: {unsent}")
    return [f"{count} active codes of elector {elector_id}" for elector_id, count in doubled]


async def _stages(client: Client) -> Counter[str | None]:
    stages: Counter[str | None] = Counter()
    async for recovery in client.list_workflows("WorkflowType = 'VotingCodeRecovery'"):
        attributes = {pair.key.name: pair.value for pair in recovery.typed_search_attributes}
        stages[attributes.get("RecoveryStage")] += 1
    return stages

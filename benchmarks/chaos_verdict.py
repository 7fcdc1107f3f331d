"""What must be true after any storm, read from the roll, the ledger and Temporal."""

import asyncio
from collections import Counter

from temporalio.client import Client

from demo.client import replay_check
from demo.client.demo_internals import ask
from demo.client.running import Demo
from demo.client.voter import Person
from demo.state.inbox import Inbox
from election.stages import Stage

_ACTIVE = "SELECT elector_id, count(*) FROM credentials WHERE kind = 'voting_code' AND ended_at IS NULL GROUP BY 1"
_UNSENT = "SELECT count(*) FROM messages WHERE accepted_at IS NULL"


async def faults_of(demo: Demo, people: list[Person]) -> list[str]:
    """Return every invariant that is broken; nothing when all hold.

    One active code each, no stage unknown, no receipt untold, no message of one id twice on a phone, no recovery
    that another worker could not take over.
    """
    faults = await asyncio.to_thread(_database_faults, demo)
    client = await Client.connect(demo.temporal)
    stages = await _stages(client)
    print(f"recoveries: {dict(stages)}")
    known = {stage.value for stage in Stage}
    faults += [f"unknown stage {stage}" for stage in stages if stage not in known]
    phones = {person["phone"] for person in people}
    inbox = Inbox.under(demo.state)
    for phone in phones:
        repeated = [text for text, times in Counter(each.text for each in inbox.of(phone)).items() if times > 1]
        faults += [f"the same SMS twice on {phone}"] if repeated else []
    return faults + await replay_check.failures(client)


def _database_faults(demo: Demo) -> list[str]:
    doubled = [row for row in ask(demo, _ACTIVE) if row[1] != 1]
    [(unsent,)] = ask(demo, _UNSENT)
    print(f"messages begun and not accepted: {unsent}")
    return [f"{count} active codes for {elector}" for elector, count in doubled]


async def _stages(client: Client) -> Counter[str]:
    stages: Counter[str] = Counter()
    async for recovery in client.list_workflows("WorkflowType = 'VotingCodeRecovery'"):
        attributes = {pair.key.name: pair.value for pair in recovery.typed_search_attributes}
        stages[str(attributes.get("RecoveryStage"))] += 1
    return stages

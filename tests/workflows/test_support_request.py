"""A question to the support desk is owed until the relay has it."""

from secrets import token_hex

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import Behaviour
from activities.support_desk import SupportLetter
from tests.waiting import until
from tests.workflows.scripted import World
from workflows import options
from workflows.support_request import SupportRequest

Asked = WorkflowHandle[SupportRequest, None]


async def _asked(env: WorkflowEnvironment, world: World, relay: Behaviour) -> Asked:
    letter = SupportLetter(f"assistance/{token_hex(5)}", "K7M4Q-X4P9R", "request", "sealed")
    world.of(letter.workflow_id).relay = relay
    return await env.client.start_workflow(
        SupportRequest.run, letter, id=letter.workflow_id, task_queue=options.RECOVERIES
    )


@pytest.mark.parametrize("relay", [Behaviour.DOWN, Behaviour.REFUSE])
async def test_a_letter_waits_for_its_relay(env: WorkflowEnvironment, world: World, relay: Behaviour) -> None:
    """Down, or refusing since the desk's mailbox is full: it is tried again, and leaves when that is mended."""
    asked = await _asked(env, world, relay)
    script = world.of(asked.id)
    await until(lambda: script.letters)
    assert (await asked.describe()).status is WorkflowExecutionStatus.RUNNING
    script.relay = Behaviour.OK
    await asked.result()
    assert len(set(script.letters)) == 1
    assert len(script.letters) > 1

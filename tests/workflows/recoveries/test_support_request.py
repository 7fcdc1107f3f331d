"""A question to the support desk is retried until the relay accepts it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.support_scenarios import SupportWriter, refused_for_days
from workflows.recoveries.support_request import SupportRequest


@pytest_asyncio.fixture
async def writer(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[SupportWriter]:
    """A voter with a question, for this test."""
    voter = SupportWriter(env, scripts)
    async with replayed(voter, SupportRequest):
        yield voter


@pytest.mark.parametrize("relay", [GatewayMode.DOWN, GatewayMode.REFUSE])
async def test_a_letter_is_retried_until_it_is_accepted(writer: SupportWriter, relay: GatewayMode) -> None:
    """After an outage, and after a refusal, for example by a full mailbox."""
    await writer.writes(relay)
    assert (await writer.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    writer.script.relay = GatewayMode.OK
    await writer.ends()
    assert len(set(writer.script.letters)) == 1
    assert len(writer.script.letters) > 1


async def test_a_letter_is_retried_for_seven_days(writer: SupportWriter) -> None:
    """Then the workflow fails."""
    await refused_for_days(writer)
    await writer.waits(days=6, hours=17)
    assert (await writer.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await writer.waits(hours=7, seconds=1)
    with pytest.raises(WorkflowFailureError):
        await writer.ends()
    assert (await writer.handle.describe()).status is WorkflowExecutionStatus.FAILED
    assert len(set(writer.script.letters)) == 1
    assert len(writer.script.letters) > 7 * 3

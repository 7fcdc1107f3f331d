"""Scenarios that bring a question to the support desk to each state where it waits, and to each ending."""

from datetime import timedelta
from secrets import token_hex

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.sending.support_desk import SupportLetter
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.contracts import options
from workflows.recoveries.support_request import SupportRequest


class SupportWriter(WorkflowActor[None]):
    """A voter who writes to the support desk, and the workflow of the letter."""

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self.letter = SupportLetter(f"assistance/{token_hex(5)}", "K7M4Q-X4P9R", "request", "sealed")
        self.script = scripts.of(self.letter.workflow_id)
        super().__init__(environment, environment.client.get_workflow_handle(self.letter.workflow_id))

    async def writes(self, relay: GatewayMode = GatewayMode.OK) -> None:
        """Send the letter, and return after the first attempt."""
        self.script.relay = relay
        await self._environment.client.start_workflow(
            SupportRequest.run, self.letter, id=self.letter.workflow_id, task_queue=options.RECOVERIES
        )
        await until(lambda: self.script.letters)


async def relay_down(writer: SupportWriter) -> None:
    """The relay is down: the letter is retried."""
    await writer.writes(GatewayMode.DOWN)


async def mailbox_full(writer: SupportWriter) -> None:
    """The desk's mailbox refuses; this is retried too, since the mailbox may only be full."""
    await writer.writes(GatewayMode.REFUSE)


async def handed_over(writer: SupportWriter) -> None:
    """The relay has accepted the letter."""
    await writer.writes()
    await writer.ends()


async def handed_over_after_outage(writer: SupportWriter) -> None:
    """The relay has accepted the letter after an outage."""
    await relay_down(writer)
    writer.script.relay = GatewayMode.OK
    await writer.ends()


async def refused_for_days(writer: SupportWriter) -> None:
    """The mailbox refuses, retried every six hours: the policy's two thousand attempts a week would slow the test."""
    writer.script.letter_retry_delay = timedelta(hours=6)
    await writer.writes(GatewayMode.REFUSE)


async def refused_for_a_week(writer: SupportWriter) -> None:
    """The mailbox has refused for a week."""
    await refused_for_days(writer)
    await writer.waits(days=7, seconds=1)
    with pytest.raises(WorkflowFailureError):
        await writer.ends()


WAITING = (relay_down, mailbox_full)
ENDINGS = (handed_over, handed_over_after_outage, refused_for_a_week)

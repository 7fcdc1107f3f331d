"""Scenarios that bring the mail with a sign-in's code to the state where it waits, and to each ending."""

from datetime import timedelta
from secrets import token_hex

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.sending.sign_in_code import SealedCodeMail
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.contracts import options
from workflows.recoveries.sign_in_code import SignInCodeMailing

_LIFETIME = timedelta(minutes=10)


class CodeReader(WorkflowActor[None]):
    """A voter who waits for a code, and the workflow of its mail."""

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self.mail = SealedCodeMail(f"sign-in-code/{token_hex(16)}", "request", "sealed", _LIFETIME)
        self.script = scripts.of(self.mail.workflow_id)
        super().__init__(environment, environment.client.get_workflow_handle(self.mail.workflow_id))

    async def asks(self, relay: GatewayMode = GatewayMode.OK) -> None:
        """Start the mailing, and return after the first attempt."""
        self.script.relay = relay
        await self._environment.client.start_workflow(
            SignInCodeMailing.run, self.mail, id=self.mail.workflow_id, task_queue=options.RECOVERIES
        )
        await until(lambda: self.script.code_mails)


async def relay_down(reader: CodeReader) -> None:
    """The relay is down: the mail is retried."""
    await reader.asks(GatewayMode.DOWN)


async def handed_over(reader: CodeReader) -> None:
    """The relay has accepted the mail."""
    await reader.asks()
    await reader.ends()


async def handed_over_after_outage(reader: CodeReader) -> None:
    """The relay has accepted the mail after an outage."""
    await relay_down(reader)
    reader.script.relay = GatewayMode.OK
    await reader.ends()


async def refused(reader: CodeReader) -> None:
    """The mailbox refuses for good."""
    await reader.asks(GatewayMode.REFUSE)
    with pytest.raises(WorkflowFailureError):
        await reader.ends()


async def too_late(reader: CodeReader) -> None:
    """The relay was down for as long as the code was valid."""
    await relay_down(reader)
    await reader.waits(minutes=10, seconds=1)
    with pytest.raises(WorkflowFailureError):
        await reader.ends()


WAITING = (relay_down,)
ENDINGS = (handed_over, handed_over_after_outage, refused, too_late)

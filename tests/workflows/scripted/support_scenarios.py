"""How a question to the support desk waits, and how it ends."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.sending.support_desk import SupportLetter
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from workflows.contracts import options
from workflows.recoveries.support_request import SupportRequest

_SOON = 20.0


class Asker:
    """Somebody who writes to the support desk, and the request that is theirs."""

    def __init__(self, environment: WorkflowEnvironment, world: Scripts) -> None:
        self._environment = environment
        self.letter = SupportLetter(f"assistance/{token_hex(5)}", "K7M4Q-X4P9R", "request", "sealed")
        self.script = world.of(self.letter.workflow_id)
        self.handle = environment.client.get_workflow_handle_for(SupportRequest.run, self.letter.workflow_id)

    async def writes(self, relay: GatewayMode = GatewayMode.OK) -> None:
        """Write, and return once the relay was tried."""
        self.script.relay = relay
        await self._environment.client.start_workflow(
            SupportRequest.run, self.letter, id=self.letter.workflow_id, task_queue=options.RECOVERIES
        )
        await until(lambda: self.script.letters)

    async def waits(self, **time: float) -> None:
        """Let the request's own clock go forward."""
        async with asyncio.timeout(_SOON):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> None:
        """Return once the letter was taken.

        Raises:
            WorkflowFailureError: nobody took it, for a week.
        """
        async with asyncio.timeout(_SOON):
            await self.handle.result()

    async def leaves(self) -> None:
        """End the request, if it lives."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")


async def relay_down(asker: Asker) -> None:
    """The relay is away: the letter is tried again and again."""
    await asker.writes(GatewayMode.DOWN)


async def mailbox_full(asker: Asker) -> None:
    """The desk's mailbox refuses: tried again all the same, since somebody will empty it."""
    await asker.writes(GatewayMode.REFUSE)


async def handed_over(asker: Asker) -> None:
    """The relay has the letter."""
    await asker.writes()
    await asker.ends()


async def mended(asker: Asker) -> None:
    """The relay has the letter, after it was away."""
    await relay_down(asker)
    asker.script.relay = GatewayMode.OK
    await asker.ends()


async def full_for_days(asker: Asker) -> None:
    """The same, tried every six hours: two thousand tries a week would take minutes of real time."""
    asker.script.letter_again_after = timedelta(hours=6)
    await asker.writes(GatewayMode.REFUSE)


async def given_up(asker: Asker) -> None:
    """Nobody took it for a week."""
    await full_for_days(asker)
    await asker.waits(days=7, seconds=1)
    with pytest.raises(WorkflowFailureError):
        await asker.ends()


WAITING = (relay_down, mailbox_full)
ENDINGS = (handed_over, mended, given_up)

"""Scenarios that bring the mails to the election's bureau to where they wait, and to each ending."""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.sending.bureau_desk import BureauNews, Deed
from tests.support.waiting import until
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.single_act_scenarios import NAME, QUEUE
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.acts.bureau_notice import BureauNotice

_AT = datetime(2026, 12, 5, 14, 32, tzinfo=UTC)


class Bureau(WorkflowActor[None]):
    """A bureau with two addresses, and the workflow that tells it of an act."""

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self.news = BureauNews(token_hex(16), Deed.RETRY, NAME, 5, _AT, "opérateur rétabli", addresses=2)
        self.script = scripts.of(self.news.id)
        super().__init__(environment, environment.client.get_workflow_handle(f"avis-au-bureau/{self.news.id}"))

    async def is_told(self, relay: GatewayMode = GatewayMode.OK) -> None:
        """Start telling it, and return after the first attempt at each address."""
        self.script.relay = relay
        await self._environment.client.start_workflow(
            BureauNotice.run, self.news, id=self.handle.id, task_queue=QUEUE
        )
        await until(lambda: len(self.script.news) >= self.news.addresses)


async def relay_down(bureau: Bureau) -> None:
    """The relay is down: both mails are retried."""
    await bureau.is_told(GatewayMode.DOWN)


async def told(bureau: Bureau) -> None:
    """The relay has accepted both mails."""
    await bureau.is_told()
    await bureau.ends()


async def told_after_outage(bureau: Bureau) -> None:
    """The relay has accepted both mails after an outage."""
    await relay_down(bureau)
    bureau.script.relay = GatewayMode.OK
    await bureau.ends()


async def never_told(bureau: Bureau) -> None:
    """The relay has refused for a week, every six hours: two thousand attempts would slow the recording."""
    bureau.script.letter_retry_delay = timedelta(hours=6)
    await bureau.is_told(GatewayMode.REFUSE)
    await bureau.waits(days=7, seconds=1)
    with pytest.raises(WorkflowFailureError):
        await bureau.ends()


WAITING = (relay_down,)
ENDINGS = (told, told_after_outage, never_told)

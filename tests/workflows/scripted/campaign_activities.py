"""Scripted campaign activities over a made-up roll, and an operator who controls the campaign."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from activities.mailings.campaigns import CampaignAct, ElectorCounts, Page, PageRequest
from tests.support.waiting import until
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignControl, CampaignInput, CampaignProgress, RateControl, campaign_id
from workflows.runtime import sandbox

_TIMEOUT = timedelta(seconds=20)


class ScriptedCampaign:
    """The roll of one campaign and its activities; the recoveries of `lost` electors are never judged."""

    def __init__(self, electors: int) -> None:
        self.roll = [f"{number:032x}" for number in range(1, electors + 1)]
        self.reached: set[str] = set()
        self.lost: set[str] = set()
        self.lost_once: set[str] = set()
        self.late: set[str] = set()  # reached at the next count
        self.faults = 0  # how many attempts at a page fail before an elector is started
        self.started: list[str] = []
        self.pages: list[PageRequest] = []
        self.acts: list[CampaignAct] = []
        self.counts = 0
        self.calls: list[str] = []
        self.first_held_page = 1  # pages from this one on wait while `may_send` is not set
        self.may_send = asyncio.Event()
        self.may_send.set()

    @property
    def events(self) -> list[Event]:
        """The journalled events, in order."""
        return [act.event for act in self.acts]

    @activity.defn
    async def count_electors(self, campaign: str) -> ElectorCounts:  # noqa: ARG002 - there is one campaign
        """Return how many electors there are, and how many are reached."""
        self.counts += 1
        self.calls.append("count")
        self.reached |= self.late & set(self.started)
        return ElectorCounts(len(self.roll), len(self.reached))

    @activity.defn
    async def send_page(self, order: PageRequest) -> Page:
        """Start the next electors; wait while `may_send` is not set."""
        self.pages.append(order)
        self.calls.append("page")
        if len(self.pages) >= self.first_held_page:
            await self.may_send.wait()
        if self.faults:
            self.faults -= 1
            raise ApplicationError("Temporal is away", type="RPCError", next_retry_delay=timedelta(milliseconds=1))
        due = [each for each in self.roll if each > order.after and each not in self.reached][: order.size]
        self.started += due
        self.reached |= set(due) - self.lost - self.lost_once - self.late
        self.lost_once -= set(due)
        last = due[-1] if due else order.after
        return Page(last, len(due), is_last=len(due) < order.size, reached=len(self.reached))

    @activity.defn
    async def note_campaign(self, act: CampaignAct) -> None:
        """Record the argument."""
        self.acts.append(act)


class CampaignOperator:
    """An operator and one campaign: pages of ten electors, one a second, and checks without delay."""

    def __init__(
        self, environment: WorkflowEnvironment, activities: ScriptedCampaign, queue: str = "", **changes: Any
    ) -> None:
        self.activities = activities
        self._environment = environment
        name = uuid4().hex
        self.queue = queue or name
        now = utc_now()
        order = CampaignInput(
            name=name,
            election="2011",
            time_zone="Europe/Paris",
            opens=now - timedelta(hours=1),
            closes=now + timedelta(days=2),
            operator="Claude Exemple",
            per_second=10,
            page_duration=timedelta(seconds=1),
            check_interval=timedelta(milliseconds=20),
            resend_delay=timedelta(milliseconds=20),
        )
        self.order = replace(order, **changes)
        self.id = campaign_id(self.order.election, self.order.name)
        self.handle = environment.client.get_workflow_handle_for(LinkCampaign.run, self.id)

    def worker(self) -> Worker:
        """Return a worker for this campaign alone."""
        activities = self.activities
        return Worker(
            self._environment.client,
            task_queue=self.queue,
            workflows=[LinkCampaign],
            activities=[activities.count_electors, activities.send_page, activities.note_campaign],
            workflow_runner=sandbox.runner(),
        )

    async def starts(self) -> None:
        """Start the campaign, also again."""
        await self._environment.client.start_workflow(
            LinkCampaign.run, self.order, id=self.id, task_queue=self.queue
        )

    async def commands(
        self, update: str, per_second: float = 0, operator: str = "Claude Exemple"
    ) -> CampaignProgress:
        """Execute an update, and return the progress."""
        order = RateControl(operator, per_second) if per_second else CampaignControl(operator)
        progress: CampaignProgress = await self.handle.execute_update(
            update, order, result_type=CampaignProgress, rpc_timeout=_TIMEOUT
        )
        return progress

    async def is_refused(self, update: str, per_second: float = 0, operator: str = "Claude Exemple") -> str:
        """Execute an update that is refused, and return the message."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.commands(update, per_second, operator)
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.message

    async def progress(self) -> CampaignProgress:
        """Query the progress."""
        progress: CampaignProgress = await self.handle.query("progress", result_type=CampaignProgress)
        return progress

    async def details(self) -> str:
        """Return the current details of the Temporal UI."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def is_at_page(self, number: int) -> PageRequest:
        """Return the argument of a page's activity, once it was started."""
        await until(lambda: len(self.activities.pages) >= number)
        return self.activities.pages[number - 1]

    async def waits(self, **time: float) -> None:
        """Fast-forward the campaign's clock."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> CampaignProgress:
        """Return the final progress, once the campaign has ended."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            return await self.handle.result()

    async def terminate(self) -> None:
        """Terminate the campaign, if it runs."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

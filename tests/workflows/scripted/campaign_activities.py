"""A campaign over a roll of scripted electors, and the operator who commands it."""

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
from activities.mailings.campaigns import CampaignAct, ElectorCounts, Page, PageOrder
from tests.support.waiting import until
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignControl, CampaignOrder, CampaignProgress, RateControl, campaign_id
from workflows.runtime import sandbox

_PATIENCE = timedelta(seconds=20)


class CampaignWorld:
    """The roll and what became of its electors; `lost` are those whose recovery is never judged."""

    def __init__(self, electors: int) -> None:
        self.roll = [f"{number:032x}" for number in range(1, electors + 1)]
        self.reached: set[str] = set()
        self.lost: set[str] = set()
        self.lost_once: set[str] = set()
        self.late: set[str] = set()  # reached when they are counted for the next time
        self.faults = 0  # how many pages fail before anybody is started
        self.started: list[str] = []
        self.pages: list[PageOrder] = []
        self.acts: list[CampaignAct] = []
        self.counts = 0
        self.order: list[str] = []
        self.held_from = 1  # the first page that waits while the gate is shut
        self.open = asyncio.Event()
        self.open.set()

    @property
    def events(self) -> list[Event]:
        """What the journal tells, in order."""
        return [act.event for act in self.acts]

    @activity.defn
    async def count_electors(self, campaign: str) -> ElectorCounts:  # noqa: ARG002 - a world has one campaign
        """Return how many there are, and how many are reached."""
        self.counts += 1
        self.order.append("count")
        self.reached |= self.late & set(self.started)
        return ElectorCounts(len(self.roll), len(self.reached))

    @activity.defn
    async def send_page(self, order: PageOrder) -> Page:
        """Start those who are next; it waits while the gate is shut."""
        self.pages.append(order)
        self.order.append("page")
        if len(self.pages) >= self.held_from:
            await self.open.wait()
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
        """Keep what was asked."""
        self.acts.append(act)


class Operator:
    """Whoever makes a campaign: a page of ten a second, looks that follow at once."""

    def __init__(
        self, environment: WorkflowEnvironment, world: CampaignWorld, queue: str = "", **changes: Any
    ) -> None:
        self.world = world
        self._environment = environment
        name = uuid4().hex
        self.queue = queue or name
        now = utc_now()
        order = CampaignOrder(
            name=name,
            election="2011",
            time_zone="Europe/Paris",
            opens=now - timedelta(hours=1),
            closes=now + timedelta(days=2),
            operator="Claude Exemple",
            per_second=10,
            page_lasts=timedelta(seconds=1),
            look_every=timedelta(milliseconds=20),
            again_after=timedelta(milliseconds=20),
        )
        self.order = replace(order, **changes)
        self.id = campaign_id(self.order.election, self.order.name)
        self.handle = environment.client.get_workflow_handle_for(LinkCampaign.run, self.id)

    def worker(self) -> Worker:
        """Return the worker of this campaign alone."""
        world = self.world
        return Worker(
            self._environment.client,
            task_queue=self.queue,
            workflows=[LinkCampaign],
            activities=[world.count_electors, world.send_page, world.note_campaign],
            workflow_runner=sandbox.runner(),
        )

    async def starts(self) -> None:
        """Start the campaign, anew or for the first time."""
        await self._environment.client.start_workflow(
            LinkCampaign.run, self.order, id=self.id, task_queue=self.queue
        )

    async def commands(
        self, update: str, per_second: float = 0, operator: str = "Claude Exemple"
    ) -> CampaignProgress:
        """Give an order, and return how far the campaign is."""
        order = RateControl(operator, per_second) if per_second else CampaignControl(operator)
        told: CampaignProgress = await self.handle.execute_update(
            update, order, result_type=CampaignProgress, rpc_timeout=_PATIENCE
        )
        return told

    async def is_refused(self, update: str, per_second: float = 0, operator: str = "Claude Exemple") -> str:
        """Give an order that is not taken, and return why."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.commands(update, per_second, operator)
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.message

    async def progress(self) -> CampaignProgress:
        """Return how far the campaign is."""
        told: CampaignProgress = await self.handle.query("progress", result_type=CampaignProgress)
        return told

    async def details(self) -> str:
        """Return what the Temporal UI shows."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def is_at_page(self, number: int) -> PageOrder:
        """Return the order of a page, once it was given."""
        await until(lambda: len(self.world.pages) >= number)
        return self.world.pages[number - 1]

    async def waits(self, **time: float) -> None:
        """Let the campaign's own clock go forward."""
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> CampaignProgress:
        """Return how far the campaign went, once it has ended."""
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            return await self.handle.result()

    async def leaves(self) -> None:
        """End the campaign, if it lives."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

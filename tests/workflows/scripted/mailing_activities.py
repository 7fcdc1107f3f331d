"""Scripted activities of a mailing over a made-up roll, and an operator who controls the mailing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from activities.mailings.mailings import MailingAct, Page, PageOrder
from activities.mailings.sender import SendOrder, SendReport
from activities.mailings.start_order import BegunMailing, StartClaim, StartMailing
from activities.outbox.rows import MailCounts, State
from tests.support.signing import CONSOLE
from tests.support.waiting import until
from workflows.contracts.options import MAILING_SENDS
from workflows.contracts.orders import CONTROLS, Control, SetRate
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingInput, MailingProgress, RetryFailed, mailing_id
from workflows.runtime import sandbox

_TIMEOUT = timedelta(seconds=20)


class ScriptedMailing:
    """The roll of one mailing, its outbox by elector, and its activities; electors in `busy` have an own recovery."""

    def __init__(self, electors: int) -> None:
        self.roll = [f"{number:032x}" for number in range(1, electors + 1)]
        self.outbox: dict[str, State] = {}
        self.unsealed: set[str] = set()  # who waits without an address, since the mailing had ended
        self.busy: set[str] = set()
        self.are_answered = True  # by the recoveries that are asked
        self.refused: dict[str, str] = {}  # causes, by elector
        self.causes: dict[str, str] = {}  # of those that have failed
        self.relay_fault = ""
        self.forged_reports: list[Any] = []  # what another worker answers in the sender's place
        self.is_closed = False
        self.pages: list[PageOrder] = []
        self.sends: list[SendOrder] = []
        self.sent: list[str] = []
        self.asks = 0
        self.bureau_addresses = 0
        self.is_forged = False  # the console has not signed its start
        self.claims: list[StartClaim] = []
        self.acts: list[MailingAct] = []
        self.first_held_send = 1  # sends from this one on wait while `may_send` is not set
        self.may_send = asyncio.Event()
        self.may_send.set()
        # What the database answers, by the activity's name: the name of the error's class, or "" for no answer.
        self.database_errors: dict[str, str] = {}
        self.waiting_calls: set[str] = set()  # to which it has given no answer
        self.may_answer = asyncio.Event()

    @property
    def events(self) -> list[Event]:
        """The journalled events, in order."""
        return [act.event for act in self.acts]

    async def _ask_database(self) -> None:
        name = activity.info().activity_type
        error = self.database_errors.get(name)
        if error == "":
            self.waiting_calls.add(name)
            await self.may_answer.wait()
        elif error:
            raise ApplicationError("scripted", type=error)

    @activity.defn
    async def begin_mailing(self, claim: StartClaim) -> BegunMailing:
        """Record that it begins, or refuse it, and return what it begins with."""
        await self._ask_database()
        if self.is_forged:
            raise ApplicationError("scripted", type="InvalidSignatureError")
        verified = bool(claim.order.signature)
        begun = (claim.id, claim.mailing, Event.MAILING_BEGUN, claim.order.operator)
        self.acts.append(MailingAct(*begun, is_verified=verified))
        self.claims.append(claim)
        return BegunMailing(len(self.roll), self._counts(), CONSOLE.public_key, self.bureau_addresses)

    @activity.defn
    async def count_roll(self) -> int:
        """Return how many electors there are."""
        await self._ask_database()
        return len(self.roll)

    @activity.defn
    async def count_mails(self, mailing: str) -> MailCounts:  # noqa: ARG002 - there is one mailing
        """Return how many mails are in each state."""
        await self._ask_database()
        return self._counts()

    def _counts(self) -> MailCounts:
        states = Counter(self.outbox.values())
        return MailCounts(
            waiting=len(self._waiting()),
            accepted=states[State.ACCEPTED],
            asked=states[State.ASKED],
            own=states[State.OWN],
            failed=dict(Counter(self.causes.values())),
        )

    def _waiting(self) -> set[str]:
        return {each for each, state in self.outbox.items() if state is State.WAITING} - self.unsealed

    @activity.defn
    async def prepare_page(self, order: PageOrder) -> Page:
        """Prepare the next electors."""
        await self._ask_database()
        self.pages.append(order)
        if self.is_closed:
            return Page(order.after, is_closed=True)
        prepared = self.outbox.keys() - self.unsealed
        due = [each for each in self.roll if each > order.after and each not in prepared][: order.size]
        self.outbox |= {each: State.ASKED if each in self.busy else State.WAITING for each in due}
        self.unsealed -= set(due)
        return Page(due[-1] if due else order.after, len(due), is_last=len(due) < order.size)

    @activity.defn
    async def ask_recoveries(self, order: PageOrder) -> Page:
        """Have the own recoveries of busy electors send a link, if they answer."""
        await self._ask_database()
        self.asks += 1
        asked = [each for each, state in self.outbox.items() if state is State.ASKED]
        if self.are_answered:
            self.outbox |= dict.fromkeys(asked, State.OWN)
        return Page(order.after, len(asked), is_last=True)

    @activity.defn
    async def retry_page(self, order: PageOrder) -> Page:
        """Let what failed for a cause wait again."""
        await self._ask_database()
        failed = [each for each, cause in self.causes.items() if cause == order.cause]
        self.causes = {each: cause for each, cause in self.causes.items() if cause != order.cause}
        self.outbox |= dict.fromkeys(failed, State.WAITING)
        return Page(order.after, len(failed), is_last=True)

    @activity.defn
    async def note_mailing(self, act: MailingAct) -> None:
        """Record the argument; at the mailing's end forget the addresses of who waits."""
        await self._ask_database()
        self.acts.append(act)
        if act.event is Event.MAILING_ENDED:
            self.unsealed |= self._waiting()

    @activity.defn
    async def send_mailing(self, order: SendOrder) -> SendReport:
        """Send what waits; wait first while `may_send` is not set."""
        self.sends.append(order)
        while len(self.sends) >= self.first_held_send and not self.may_send.is_set():
            activity.heartbeat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.may_send.wait(), 0.2)
        if self.forged_reports:
            return self.forged_reports.pop(0)  # type: ignore[no-any-return] # perhaps no report at all
        if self.relay_fault:
            return SendReport(0, self.relay_fault)
        due = sorted(self._waiting())[: order.most]
        self.causes |= {each: cause for each, cause in self.refused.items() if each in due}
        self.sent += [each for each in due if each not in self.refused]
        await self._ask_database()
        self.outbox |= {each: State.FAILED if each in self.refused else State.ACCEPTED for each in due}
        return SendReport(len(due))


class MailingOperator:
    """An operator and one mailing: pages of ten electors, and ten mails in a step of one second."""

    def __init__(
        self, environment: WorkflowEnvironment, activities: ScriptedMailing, queue: str = "", **changes: Any
    ) -> None:
        self.activities = activities
        self._environment = environment
        name = uuid4().hex
        self.queue = queue or name
        order = MailingInput(
            name=name,
            election="2011",
            time_zone="Europe/Paris",
            deadline=utc_now() + timedelta(days=2),
            order=StartMailing("Claude Exemple", 10),
            step=timedelta(seconds=1),
            page_size=10,
        )
        self.order = replace(order, **changes)
        self.id = mailing_id(self.order.election, self.order.name)
        self.handle: WorkflowHandle[Mailing, MailingProgress] = environment.client.get_workflow_handle(
            self.id, result_type=MailingProgress
        )

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Run the workers of this mailing alone, with the queues that the production's have."""
        activities, client = self.activities, self._environment.client
        mailings = Worker(
            client,
            task_queue=self.queue,
            workflows=[Mailing],
            activities=[
                activities.begin_mailing,
                activities.count_roll,
                activities.count_mails,
                activities.prepare_page,
                activities.ask_recoveries,
                activities.retry_page,
                activities.note_mailing,
            ],
            no_remote_activities=True,
            workflow_runner=sandbox.runner(),
        )
        sends = Worker(client, task_queue=MAILING_SENDS, activities=[activities.send_mailing])
        async with mailings, sends:
            yield

    async def starts(self, task_timeout: timedelta | None = None) -> None:
        """Start the mailing, also again; a short `task_timeout` lets updates in while a local activity hangs."""
        await self._environment.client.start_workflow(
            Mailing.run, self.order, id=self.id, task_queue=self.queue, task_timeout=task_timeout
        )

    async def commands(
        self, update: str, per_second: float = 0, operator: str = "Claude Exemple", cause: str = ""
    ) -> MailingProgress:
        """Execute an update, and return the progress."""
        others = {SetRate.act: SetRate(operator, per_second), RetryFailed.act: RetryFailed(operator, cause)}
        return await self.orders(others.get(update) or CONTROLS[update](operator))

    async def orders(self, order: Control) -> MailingProgress:
        """Give an order, and return the progress."""
        progress: MailingProgress = await self.handle.execute_update(
            order.act, order, result_type=MailingProgress, rpc_timeout=_TIMEOUT
        )
        return progress

    async def retries_anew(self, order: RetryFailed) -> MailingProgress:
        """Start the mailing again with an update that retries what failed for a cause, as the command does."""
        start = WithStartWorkflowOperation(
            Mailing.run,
            self.order,
            id=self.id,
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        progress: MailingProgress = await self._environment.client.execute_update_with_start_workflow(
            order.act,
            order,
            start_workflow_operation=start,
            result_type=MailingProgress,
            rpc_timeout=_TIMEOUT,
        )
        return progress

    async def is_refused(self, update: str, **given: Any) -> str:
        """Execute an update that is refused, and return the message."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.commands(update, **given)
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.message

    async def progress(self) -> MailingProgress:
        """Query the progress."""
        progress: MailingProgress = await self.handle.query("progress", result_type=MailingProgress)
        return progress

    async def details(self) -> str:
        """Return the current details of the Temporal UI."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def is_sending(self, number: int) -> SendOrder:
        """Return the argument of a step's send, once it was started."""
        await until(lambda: len(self.activities.sends) >= number)
        return self.activities.sends[number - 1]

    async def waits(self, **time: float) -> None:
        """Fast-forward the mailing's clock."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> MailingProgress:
        """Return the final progress, once the mailing has ended."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            return await self.handle.result()

    async def terminate(self) -> None:
        """Terminate the mailing, if it runs."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

"""The base of all recoveries: the lock over requests, and the conditions of the end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.notices import Notice, NoticeKind
from activities.recoveries.settlements import EndingClaim, Settlement, Settlements
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.procedures import subject_of
from election.stages import ENDINGS, Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.agreed_terms import AgreedTerms
from workflows.contracts.messages import PasswordRecovered, RecoveryStatus
from workflows.contracts.options import FIRST_REQUEST_TIMEOUT
from workflows.contracts.orders import Given
from workflows.parts.database_calls import DatabaseCalls
from workflows.parts.message_delivery import Deliverable, MessageDelivery
from workflows.parts.progress import Progress
from workflows.parts.security_notice import PASSWORD_RECOVERED_SIGNAL, OtherRecoveries, SecurityNotices

_Claim = TypeVar("_Claim")
_Judged = TypeVar("_Judged")
_IsSo = Callable[[Any, EndingClaim], Awaitable[bool]]
# How long a cancellation waits for activities that are running, and then for the ending to be written.
CANCEL_WITHIN = timedelta(seconds=10)


class Recovery(ABC):
    """The base of the recoveries; each subclass has its own `run`.

    A subclass defines the newest delivery (`_current`), its message (`_message`) and stage (`_delivery_stage`), and how
    an operator's cancellation ends it (`_cancel`). Operators' orders are read in `parts/operators.py`.
    """

    def __init__(self) -> None:
        self._terms = AgreedTerms()
        self._id = workflow.info().workflow_id
        self._subject = subject_of(self._id)
        self._progress = Progress()
        self._database = DatabaseCalls(self._on_database_change)
        self._reached = self._progress.stage  # apart from a fault of the database
        self._notices = SecurityNotices(self._terms, lambda: self._publish(self._reached))
        self._others = OtherRecoveries()
        self._request_lock = asyncio.Lock()  # without it, two concurrent requests could both use the last send
        self._is_judged = False
        self._waiting_requests = 0
        self._notes: list[asyncio.Task[None]] = []
        self._cancelled_by = Given()

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Handle the receipt of an SMS, or that a mail has bounced; one that the messaging role has not signed changes nothing."""
        if self._message is None:
            return
        if receipt.is_genuine(self._terms().keys.messaging, self._id):
            self._message.receive(receipt)
        else:
            workflow.logger.warning("ignored a receipt that the messaging role has not signed")

    @workflow.signal(name=PASSWORD_RECOVERED_SIGNAL)
    async def password_recovered(self, by: PasswordRecovered) -> None:
        """End the recovery if the database says that the one which is named has replaced the elector's password since."""
        await self._end_if(Settlements.was_password_recovered, LinkVerdict.REPLACED, by.workflow_id)

    @workflow.signal
    async def objected(self, _: object = None) -> None:
        """End the recovery if the database says that the elector has objected since."""
        await self._end_if(Settlements.was_objected, LinkVerdict.STOPPED)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return the state of the recovery, without any secret or contact."""
        return self._reported_status()

    @property
    @abstractmethod
    def _current(self) -> Deliverable | None:
        """The newest delivery; earlier ones are replaced."""

    @property
    @abstractmethod
    def _message(self) -> MessageDelivery | None:
        """The message of the newest delivery."""

    @property
    @abstractmethod
    def _delivery_stage(self) -> Stage | None:
        """The stage of the newest delivery, or None when nothing is being delivered."""

    @abstractmethod
    def _status(self) -> RecoveryStatus:
        """Return the state of the recovery, without any secret or contact."""

    @abstractmethod
    async def _cancel(self, verdict: LinkVerdict = LinkVerdict.CANCELLED) -> bool:
        """End the newest delivery, and its link with this verdict; return False when there is nothing to end."""

    @property
    def _console_key(self) -> str:
        """The public half of the console's key; empty until the terms are known, when no signature can be verified."""
        return self._terms().keys.console if self._terms.are_known else ""

    async def _end_if(self, is_so: _IsSo, verdict: LinkVerdict, by: str = "") -> None:
        """End the recovery with a verdict if the database confirms what a signal claims of its newest delivery."""
        delivery = self._current
        async with self._logging_failures():
            if delivery is None or not await self._database.run(is_so, EndingClaim(self._id, delivery.id, by)):
                workflow.logger.warning("ignored a signal that ends nothing by the database")
            elif not self._is_replaced(delivery):
                await self._cancel(verdict)

    def _is_closed(self) -> bool:
        """Return whether requests are known to be closed; a judgement finds it out by itself."""
        return self._terms.are_known and workflow.now() >= self._terms().requests_close

    async def _wait_for_first_request(self) -> None:
        """Return when a request was judged, or when none has come: the first one may be lost in a server crash."""
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._is_judged, timeout=FIRST_REQUEST_TIMEOUT)
        await workflow.wait_condition(lambda: self._is_judged or not self._request_lock.locked())

    @asynccontextmanager
    async def _judging_one_request(self) -> AsyncIterator[None]:
        """Hold the request lock while a request is judged, and note that one was."""
        try:
            async with self._one_request():
                yield
        finally:
            self._is_judged = True

    @asynccontextmanager
    async def _one_request(self) -> AsyncIterator[None]:
        """Hold the request lock. A request that the database holds gives way to the next one: the voter can ask again."""
        self._waiting_requests += 1
        try:
            await self._request_lock.acquire()
        finally:
            self._waiting_requests -= 1
        try:
            yield
        finally:
            self._request_lock.release()

    @asynccontextmanager
    async def _logging_failures(self) -> AsyncIterator[None]:
        """Log a failed activity of a signal's handler, which would fail the whole workflow."""
        try:
            yield
        except FailureError as error:
            workflow.logger.warning("a request failed: %s", getattr(error, "type", "") or type(error).__name__)

    async def _judge_by(self, activity: Callable[[Any, _Claim], Awaitable[_Judged]], claim: _Claim) -> _Judged:
        """Return the result of an activity that judges a request, unless another request replaces it first."""
        return await self._database.run(activity, claim, is_superseded=lambda: self._waiting_requests > 0)

    async def _note(self, activity: Callable[[Any, _Claim], Awaitable[None]], act: _Claim) -> None:
        """Journal an operator's act; if the database does not answer for some minutes, only the log has it."""
        async with self._logging_failures():
            await self._database.run(activity, act, holds=False)

    async def _note_end_of_display(self) -> None:
        """Note that the new secret is displayed no longer; without an answer of the database, pages say so at the window's end."""
        async with self._logging_failures():
            await self._database.run(Settlements.note_end_of_display, self._id, holds=False)

    async def _wait_for_replacement(self, delivery: object | None) -> bool:
        """Return True once a newer delivery replaces this one, or False once the recovery may end."""
        await workflow.wait_condition(lambda: self._is_replaced(delivery) or self._may_end())
        return self._is_replaced(delivery)

    def _is_replaced(self, delivery: object | None) -> bool:
        return self._current is not delivery

    def _may_end(self) -> bool:
        are_told = self._notices.are_done and self._others.are_told
        return workflow.all_handlers_finished() and are_told and all(note.done() for note in self._notes)

    def _send_request_notice(
        self, request_id: str, verdict: Verdict, address: str, channel: Channel, language: str
    ) -> None:
        """Tell the work mailbox of a request or of wrong proofs; `address` is sealed, or empty when nothing is to be told."""
        if address:
            kind = NoticeKind.REQUESTED if verdict is Verdict.ACCEPTED else NoticeKind.WRONG_PROOFS
            of = (self._id, kind.owner_id(request_id), address, channel)
            self._notices.send(Notice(*of, workflow.now(), kind, language))

    def _settlement(
        self, run_id: str, ending: Stage, key_ids: list[str], links: dict[str, LinkVerdict] | None = None
    ) -> Settlement:
        by = self._cancelled_by if ending is Stage.CANCELLED else Given()
        who, of = self._terms.elector_id or self._subject, (by.operator, by.reason, by.is_verified)
        return Settlement(self._id, who, run_id, ending, key_ids, links or {}, *of)

    def _on_change(self) -> None:
        """Publish the stage of the newest delivery; the parts call this after each change."""
        stage = self._delivery_stage
        if stage is not None:
            self._publish(stage)

    def _on_database_change(self) -> None:
        self._publish(self._delivery_stage or self._reached)

    def _publish(self, stage: Stage) -> None:
        self._reached = stage
        self._progress.reach(Stage.HELD if self._database.fault and stage not in ENDINGS else stage)
        status = self._reported_status()
        if self._notices.fault and not status.fault:
            status = replace(status, fault=self._notices.fault)
        self._progress.publish(status, self._terms.time_zone)

    def _reported_status(self) -> RecoveryStatus:
        status = self._status()
        is_held = self._database.fault and not self._progress.has_ended
        return replace(status, fault=self._database.fault) if is_held else status

    async def _settle_by(self, activity: Callable[[Any, _Claim], Awaitable[None]], settlement: _Claim) -> None:
        """Write the ending; an operator's second cancellation gives it up, and the key sweep destroys the keys."""
        async with self._logging_failures():
            await self._database.run(activity, settlement)

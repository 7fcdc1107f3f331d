"""The handlers of operators' orders, which every recovery has."""

import asyncio
import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.acts.bulk_items import BulkItems, ItemClaim
from activities.recoveries.settlements import Extension, OperatorAct, Settlements
from activities.security.signed_orders import Order
from election.stages import Stage
from election.timetable import format_in_zone
from workflows.contracts.orders import (
    CancelRequest,
    ExtendRequest,
    Given,
    RetryRequest,
    is_verified,
    read_order,
    require_genuine,
)
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.recovery import CANCEL_WITHIN, Recovery

_Order = TypeVar("_Order", RetryRequest, CancelRequest, ExtendRequest)
_GATEWAY = re.compile(r"[a-z0-9-]{0,32}", re.ASCII)
_MOST_HOURS = 24


class OperatedRecovery(Recovery):
    """A recovery that operators can retry, extend and cancel.

    Its updates have a description, since operators may use them from the Temporal UI's menu; they take any input, which
    `read_order` checks.
    """

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, request: object = None) -> Stage:
        """Retry the failed send, and return the new stage; the input is a `RetryRequest`."""
        order = read_order(RetryRequest, request)
        way = f"par la passerelle {order.gateway}" if order.gateway else ""
        given = Given(order.operator, way, self._is_verified(order), order.gateway)
        await self._retry(await self._of_act(order) if order.bulk else given)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, request: object = None) -> None:
        order = self._read(RetryRequest, request)
        if not _GATEWAY.fullmatch(order.gateway):
            raise ApplicationError("Passerelle inconnue.", type="UnknownGateway")
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, request: object = None) -> None:
        """Retry the failed send, as part of a batch operation; a batch without an operator's name is journalled as refused.

        One input goes to many recoveries, so that it cannot be signed for one.
        """
        try:
            order = read_order(RetryRequest, request)
        except ApplicationError as refusal:
            act = OperatorAct(workflow.uuid4().hex, self._id, "", refusal.type or "")
            await self._note(Settlements.note_refused_retry, act)
        else:
            await self._retry(Given(order.operator))

    @workflow.update(description="Opérateur\u00a0: prolonger le lien")
    async def extend(self, request: object = None) -> datetime:
        """Let the link live longer, and return until when; the input is an `ExtendRequest`.

        A receipt that comes later counts all the same: from then on a link by SMS lives for its ten minutes.
        """
        order = read_order(ExtendRequest, request)
        delivery, until = self._extension(order)
        delivery.link.expires_at = until
        self._on_change()
        of = (workflow.uuid4().hex, self._id, delivery.id, until, order.operator, order.reason)
        await self._note(Settlements.note_extension, Extension(*of, self._is_verified(order)))
        return until

    @extend.validator
    def _can_be_extended(self, request: object = None) -> None:
        self._extension(self._read(ExtendRequest, request))

    @workflow.update(
        description="Opérateur\u00a0: annuler le réassort\u202f; ce qui est déjà délivré reste valable"
    )
    async def cancel(self, request: object = None) -> Stage:
        """Cancel the recovery, and return its ending; what was already reissued stays valid. The input is a `CancelRequest`.

        A database that does not answer delays neither the answer nor the end of the links: the ending is written when it
        answers again. Another cancellation gives that up too, and the key sweep destroys the keys.
        """
        order = read_order(CancelRequest, request)
        given = Given(order.operator, order.reason, self._is_verified(order))
        if order.bulk:
            given = await self._of_act(order)
        self._is_judged = True  # `run` stops waiting for a first request that was lost
        await self._give_up_hanging_calls()
        cancelled = self._current
        if await self._cancel():
            self._cancelled_by = given
        else:
            by = (given.operator, self._progress.stage, given.reason, given.is_verified)
            act = OperatorAct(workflow.uuid4().hex, self._id, *by)
            self._notes.append(asyncio.create_task(self._note(Settlements.note_cancel, act)))
        try:
            await workflow.wait_condition(
                lambda: self._progress.has_ended or self._is_replaced(cancelled),
                timeout=CANCEL_WITHIN,
                timeout_summary="Fin de l’annulation",
            )
        except TimeoutError:
            self._publish(Stage.CANCELLED)
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, request: object = None) -> None:
        self._read(CancelRequest, request)

    @property
    def _extendable(self) -> LinkDelivery | None:
        """The delivery whose link an operator may extend, or None where there is no live link."""
        return None

    def _read(self, kind: type[_Order], request: object) -> _Order:
        order = read_order(kind, request)
        require_genuine(self._console_key, self._id, order, workflow.now())
        return order

    def _extension(self, order: ExtendRequest) -> tuple[LinkDelivery, datetime]:
        """Return the delivery whose link an order extends, and until when: within the election's limits.

        Raises:
            ApplicationError: there is nothing to extend, or not for so long.
        """
        if not 1 <= order.hours <= _MOST_HOURS:
            raise ApplicationError(f"Indiquez de 1 à {_MOST_HOURS}\u00a0heures.", type="OrderMalformed")
        delivery = self._extendable
        if delivery is None:
            raise ApplicationError(
                "Rien à prolonger\u00a0: ce réassort n’a pas de lien qui attend d’être ouvert.",
                type="NothingToExtend",
            )
        until = self._terms().extended(delivery.channel, timedelta(hours=order.hours), workflow.now())
        if until <= delivery.link.expires_at:
            at = format_in_zone(delivery.link.expires_at, self._terms.time_zone)
            raise ApplicationError(f"Le lien vaut déjà jusqu’au {at}.", type="NothingToExtend")
        return delivery, until

    async def _retry(self, given: Given) -> None:
        fault, send = self._database.fault, ("", 0)
        if fault:
            self._database.retry()
        elif self._message is not None:
            send = self._message.next_send
            fault = self._message.retry(given.gateway)
        if fault:
            by = (given.operator, fault, given.reason, given.is_verified, *send)
            await self._note(Settlements.note_retry, OperatorAct(workflow.uuid4().hex, self._id, *by))

    async def _of_act(self, order: RetryRequest | CancelRequest) -> Given:
        """Return the order of an act on many recoveries to this one, as the database has it: Temporal is not trusted with it.

        Raises:
            ApplicationError: the act is not for this recovery, is paused or over, or was obeyed before.
            FailureError: the database does not answer.
        """
        claim = ItemClaim(order.bulk, self._id, order.act, workflow.uuid4().hex)
        item = await self._database.run(BulkItems.claim_item, claim, holds=False)
        if not item.is_claimed:
            raise ApplicationError("Cet acte n’ordonne rien à ce réassort, ou plus rien.", type="NotOrdered")
        reason = " ".join(each for each in (f"acte {order.bulk}", item.reason) if each)
        return Given(item.operator, reason, item.is_verified, item.gateway)

    def _is_verified(self, order: Order) -> bool:
        return is_verified(self._console_key, order)

    async def _give_up_hanging_calls(self) -> None:
        """Give up what waits for the database; an activity that may still end is waited for."""
        if self._database.is_running:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not self._database.is_running,
                    timeout=CANCEL_WITHIN,
                    timeout_summary="Fin de l’annulation",
                )
        self._database.give_up()

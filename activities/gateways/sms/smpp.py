"""Sends SMS by SMPP 3.4, over one bound session for each process."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2s

import structlog
from smpp34 import DeliverSmEvent, SmppError

from activities.config.last_state import LastState
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms import gsm, smpp_receipt
from activities.gateways.sms.bind_status import bind_status
from activities.gateways.sms.gateway import Receipt, ReceiptListener, SmsMessage
from activities.gateways.sms.receipt_queue import ReceiptQueue
from activities.gateways.sms.smpp_account import SmppAccount
from activities.gateways.sms.smpp_session import SmppSession
from activities.gateways.sms.smpp_submit import Segment, SessionUnusableError, Submitter

_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0
_UNBOUND = "smpp-unbound"
_TIMED_OUT = "bind timed out"  # smpp34's words, also for a refusal

_log = structlog.stdlib.get_logger()


class SmppGateway:
    """An operator's SMPP account. `send` works while `run` does; `now` dates the receipts.

    A receipt may reach the listener before `send` has returned its id; it comes again when the listener raises.
    """

    def __init__(
        self,
        account: SmppAccount,
        on_receipt: ReceiptListener,
        now: Callable[[], datetime],
        *,
        name: str,
    ) -> None:
        self.name = name
        self._account = account
        self._now = now
        self._receipts = ReceiptQueue(on_receipt)
        self._submitter = Submitter(account, name)
        self._session: SmppSession | None = None
        self._bound = asyncio.Event()
        self._bind_state = LastState()
        self._bind_fault = _UNBOUND

    @property
    def is_bound(self) -> bool:
        """Whether the operator has accepted our bind, and the session lasts."""
        return self._bound.is_set()

    async def run(self) -> None:
        """Stay bound, and bind again when the session is lost, until cancelled."""
        wait = _FIRST_WAIT
        try:
            while True:
                if await self._keep_one_session():
                    wait = _FIRST_WAIT
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
        finally:
            await self._receipts.finish()

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Return the operator's ids, one for each segment (unless it gives none), once it has accepted them all.

        A send that fails half-way may leave segments behind: a retry sends them all with the same references,
        by which the operator and the phone recognise repeats.

        Raises:
            GatewayUnavailableError: not bound (`smpp-bind-0x0000000E` where the operator refuses it), no answer in time, or a
                temporary status.
            GatewayRefusedError: any other status (`smpp-0x0000000B`), or a text of more than 255 segments.
        """
        reference = int.from_bytes(blake2s(message.message_id.encode(), digest_size=2).digest(), "big")
        try:
            sms = gsm.encode(message.text, reference)
        except ValueError:
            raise GatewayRefusedError(self.name, "smpp-too-long") from None
        parts = [
            Segment(message.to, part, sms.data_coding, sms.esm_class, reference, message.valid_for)
            for part in sms.segments
        ]
        by = asyncio.get_running_loop().time() + self._account.send_timeout
        session = await self._bound_session()
        ids: list[str] = []
        try:
            for part in parts:
                ids.append(await self._submitter.submit(session, part, by))  # noqa: PERF401 - what was taken counts when one fails
        except SessionUnusableError as error:
            _log.warning("smpp_session_unusable", gateway=self.name, fault=error.reason)
            await session.drop()  # `run` binds again
            raise GatewayUnavailableError(self.name, error.reason, may_be_taken=bool(ids)) from None
        except GatewayUnavailableError as error:
            error.may_be_taken = error.may_be_taken or bool(ids)
            raise
        return tuple(gateway_id for gateway_id in ids if gateway_id)

    async def _bound_session(self) -> SmppSession:
        try:
            async with asyncio.timeout(self._account.bind_wait):
                await self._bound.wait()
        except TimeoutError:
            raise GatewayUnavailableError(self.name, self._bind_fault) from None
        if self._session is None:
            raise GatewayUnavailableError(self.name, self._bind_fault)
        return self._session

    async def _keep_one_session(self) -> bool:
        try:
            session = await SmppSession.open(self._account)
        except SmppError as error:
            await self._note_bind_fault(str(error))
            return False
        self._bind_state.changes_to("")
        _log.info("smpp_bound", gateway=self.name)
        self._bind_fault = _UNBOUND
        self._session = session
        self._bound.set()
        try:
            async for event in session:
                self._receive(event)
                await self._receipts.room()
        finally:
            self._bound.clear()
            self._session = None
            for event in await session.close():
                self._receive(event)
            _log.info("smpp_unbound", gateway=self.name)
        return True

    async def _note_bind_fault(self, fault: str) -> None:
        """Log why there is no session: the operator's status where it refuses one, else what the library says.

        The operator is asked once for each outage: each question is one more refused bind.
        """
        if not self._bind_state.changes_to(fault):
            return
        status = await bind_status(self._account) if fault == _TIMED_OUT else None
        self._bind_fault = _UNBOUND if status is None else f"smpp-bind-0x{status:08X}"
        _log.warning("smpp_not_bound", gateway=self.name, fault=fault if status is None else self._bind_fault)

    def _receive(self, event: DeliverSmEvent) -> None:
        tlvs = {tlv.tag: tlv.value for tlv in event.tlvs}
        outcome = smpp_receipt.parse(event.esm_class, event.short_message, tlvs)
        if outcome is None:
            _log.info("smpp_not_a_final_receipt", gateway=self.name)
            return
        gateway_id = self._account.receipt_ids.read(outcome.gateway_id)
        self._receipts.take(Receipt(self.name, gateway_id, outcome.delivered, outcome.reason, self._now()))

"""Sends SMS by SMPP 3.4, over one bound session for each process."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2s

import structlog
from smpp34 import DeliverSmEvent, SmppError

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms import gsm, smpp_receipt
from activities.gateways.sms.gateway import Receipt, ReceiptListener, SmsMessage
from activities.gateways.sms.receipt_queue import ReceiptQueue
from activities.gateways.sms.smpp_account import SmppAccount
from activities.gateways.sms.smpp_session import SmppSession
from activities.gateways.sms.smpp_submit import Segment, Submitter

_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0

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
        name: str = "smpp",
    ) -> None:
        self.name = name
        self._account = account
        self._now = now
        self._receipts = ReceiptQueue(on_receipt)
        self._submitter = Submitter(account, name)
        self._session: SmppSession | None = None
        self._bound = asyncio.Event()

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
            GatewayUnavailableError: not bound, no answer in time, or a temporary status.
            GatewayRefusedError: any other status (`smpp-0x0000000B`), or a text of more than 255 segments.
        """
        reference = int.from_bytes(blake2s(message.message_id.encode(), digest_size=2).digest(), "big")
        try:
            sms = gsm.encode(message.text, reference)
        except ValueError:
            raise GatewayRefusedError(self.name, "smpp-too-long") from None
        parts = [Segment(message.to, part, sms.data_coding, sms.esm_class, reference) for part in sms.segments]
        session = await self._bound_session()
        ids = [await self._submitter.submit(session, part) for part in parts]
        return tuple(gateway_id for gateway_id in ids if gateway_id)

    async def _bound_session(self) -> SmppSession:
        try:
            async with asyncio.timeout(self._account.bind_wait):
                await self._bound.wait()
        except TimeoutError:
            raise GatewayUnavailableError(self.name, "smpp-unbound") from None
        if self._session is None:
            raise GatewayUnavailableError(self.name, "smpp-unbound")
        return self._session

    async def _keep_one_session(self) -> bool:
        try:
            session = await SmppSession.open(self._account)
        except SmppError as error:
            _log.warning("smpp_not_bound", gateway=self.name, fault=str(error))
            return False
        _log.info("smpp_bound", gateway=self.name)
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

    def _receive(self, event: DeliverSmEvent) -> None:
        tlvs = {tlv.tag: tlv.value for tlv in event.tlvs}
        outcome = smpp_receipt.parse(event.esm_class, event.short_message, tlvs)
        if outcome is None:
            _log.info("smpp_not_a_final_receipt", gateway=self.name)
            return
        gateway_id, delivered, reason = outcome.gateway_id, outcome.delivered, outcome.reason
        self._receipts.take(Receipt(self.name, gateway_id, delivered, reason, self._now()))

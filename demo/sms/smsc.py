"""The demo's message centre (SMSC): every number is a phone that is switched on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from smpp34 import Esme, Server, SmppError, SubmitSmEvent, Unbound

from activities.gateways.sms.smpp_codes import Status, Tag
from demo.sms.receipts import PendingReceipt, receipts_for
from demo.sms.sms_decoder import decode
from demo.sms.submissions import Submissions
from demo.state.gateway_modes import Behaviour, GatewayModes
from demo.state.inbox import Inbox
from demo.state.pending import Pending
from demo.state.reachability import PortInUseError, keep_open

_RECEIPT_INTERVAL = 0.05  # seconds
_TIMEOUT = 2.0
_LATE_BINDS = 0.05
_REFUSALS = {
    Behaviour.REFUSE: Status.ESME_RINVDSTADR,
    Behaviour.THROTTLE: Status.ESME_RTHROTTLED,
    # The port is closed a little later.
    Behaviour.DOWN: Status.ESME_RSYSERR,
}


class MessageCentre:
    """Listens on a port of this machine, accepts any bind, and keeps pending receipts across restarts."""

    def __init__(self, inbox: Inbox, modes: GatewayModes, port: int, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._modes = modes
        self._port = port
        self._now = now
        self._submissions = Submissions(inbox.path, now)
        self._receipts = Pending(inbox.path, "receipt")
        self._sessions: dict[str, Esme] = {}
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUseError: another program listens on the port.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_open(self._serve, lambda: self._modes.sms().behaviour == Behaviour.DOWN))
            tasks.create_task(self._send_receipts())

    async def _serve(self) -> None:
        server = Server("127.0.0.1", self._port, system_id="DEMO")
        try:
            await self._listen(server)
        finally:
            await server.stop()
            await self._unbind_all(server)

    async def _listen(self, server: Server) -> None:
        try:
            await server.start()
        except SmppError:
            raise PortInUseError(self._port) from None
        while True:
            await self._handle(await server.next())

    async def _unbind_all(self, server: Server) -> None:
        # The library leaves sessions open when it stops; some may have bound at this moment.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LATE_BINDS):
                while True:
                    await self._handle(await server.next())
        sessions, self._sessions = self._sessions, {}
        await asyncio.gather(*map(_unbind, sessions.values()))

    async def _handle(self, event: Esme | SubmitSmEvent | Unbound) -> None:
        match event:
            case Esme():
                self._sessions[event.session_id] = event
            case SubmitSmEvent():
                await self._submit(event)
            case Unbound():
                self._sessions.pop(event.session_id, None)

    async def _submit(self, submit: SubmitSmEvent) -> None:
        mode = self._modes.sms()
        if mode.behaviour in _REFUSALS:
            submit.reject(_REFUSALS[mode.behaviour])
            return
        try:
            part = decode(submit.short_message, submit.data_coding, submit.esm_class)
        except ValueError:
            submit.reject(Status.ESME_RSUBMITFAIL)
            return
        references = [tlv.value for tlv in submit.tlvs if tlv.tag == Tag.USER_MESSAGE_REFERENCE]
        segment = self._submissions.accept(submit.destination_addr, b"".join(references), part)
        if segment.text is not None and mode.behaviour != Behaviour.UNDELIVERED:
            self._inbox.add("sms", f"+{submit.destination_addr}", "", segment.text)
        if submit.registered_delivery and not segment.repeated:
            due = self._now() + timedelta(seconds=mode.seconds)
            for receipt in receipts_for(mode.behaviour, self._receipt(submit, segment.gateway_id)):
                self._receipts.put(due, receipt.content())
        if mode.behaviour == Behaviour.EARLY:
            await self._send_due_receipts()
        submit.accept(segment.gateway_id)

    def _receipt(self, submit: SubmitSmEvent, gateway_id: str) -> PendingReceipt:
        system_id = self._sessions[submit.session_id].system_id
        submitted = self._now().isoformat()
        return PendingReceipt(system_id, gateway_id, submit.destination_addr, submit.source_addr, submitted)

    async def _send_receipts(self) -> None:
        while True:
            await self._send_due_receipts()
            await asyncio.sleep(_RECEIPT_INTERVAL)

    async def _send_due_receipts(self) -> None:
        async with self._sending:
            for item in self._receipts.due(self._now()):
                receipt = PendingReceipt(**item.content)
                # It stays pending, and is sent again, until it is acknowledged.
                with suppress(SmppError, TimeoutError):
                    async with asyncio.timeout(_TIMEOUT):
                        if await self._deliver(receipt):
                            self._receipts.remove(item)

    async def _deliver(self, receipt: PendingReceipt) -> bool:
        bound = [session for session in self._sessions.values() if session.system_id == receipt.system_id]
        return bool(bound) and await receipt.deliver(bound[-1], self._now())


async def _unbind(session: Esme) -> None:
    with suppress(SmppError, TimeoutError):
        async with asyncio.timeout(_TIMEOUT):
            await session.unbind()

"""The demo's message centre: every number is a phone that is switched on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from smpp34 import Esme, Server, SmppError, SubmitSmEvent, Unbound

from activities.gateways.sms.smpp_codes import Status, Tag
from demo.sms.receipts import OwedReceipt, owed
from demo.sms.sms_decoder import read
from demo.sms.submissions import Submissions
from demo.state.gateway_modes import GatewayModes, Manner
from demo.state.inbox import Inbox
from demo.state.pending import Pending
from demo.state.reachability import PortInUseError, keep_open

_RECEIPTS_EVERY = 0.05
_PATIENCE = 2.0
# The library's threads panic when Python ends before they have heard of a cancelled wait.
_LAST_WORDS = 0.05
_REFUSALS = {
    Manner.REFUSE: Status.ESME_RINVDSTADR,
    Manner.THROTTLE: Status.ESME_RTHROTTLED,
    # From the moment that it is told, though its door shuts a little later.
    Manner.DOWN: Status.ESME_RSYSERR,
}


class MessageCentre:
    """Listens on a port of this machine, lets anybody bind, and keeps what it owes across restarts."""

    def __init__(self, inbox: Inbox, modes: GatewayModes, port: int, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._modes = modes
        self._port = port
        self._now = now
        self._submissions = Submissions(inbox.path, now)
        self._receipts = Pending(inbox.path, "receipt")
        self._sessions: dict[str, Esme] = {}
        self._one_sender = asyncio.Lock()

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUseError: another program listens there.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_open(self._serve, lambda: self._modes.sms().manner == Manner.DOWN))
            tasks.create_task(self._send_receipts())

    async def _serve(self) -> None:
        server = Server("127.0.0.1", self._port, system_id="DEMO")
        try:
            await self._listen(server)
        finally:
            await server.stop()
            await self._cut(server)
            await asyncio.sleep(_LAST_WORDS)

    async def _listen(self, server: Server) -> None:
        try:
            await server.start()
        except SmppError:
            raise PortInUseError(self._port) from None
        while True:
            await self._handle(await server.next())

    async def _cut(self, server: Server) -> None:
        # The library would let those who are bound go on, and whoever has bound this very moment.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                while True:
                    await self._handle(await server.next())
        sessions, self._sessions = self._sessions, {}
        await asyncio.gather(*map(_unbind, sessions.values()))

    async def _handle(self, event: Esme | SubmitSmEvent | Unbound) -> None:
        match event:
            case Esme():
                self._sessions[event.session_id] = event
            case SubmitSmEvent():
                await self._take(event)
            case Unbound():
                self._sessions.pop(event.session_id, None)

    async def _take(self, submit: SubmitSmEvent) -> None:
        mode = self._modes.sms()
        if mode.manner in _REFUSALS:
            submit.reject(_REFUSALS[mode.manner])
            return
        try:
            part = read(submit.short_message, submit.data_coding, submit.esm_class)
        except ValueError:
            submit.reject(Status.ESME_RSUBMITFAIL)
            return
        references = [tlv.value for tlv in submit.tlvs if tlv.tag == Tag.USER_MESSAGE_REFERENCE]
        taken = self._submissions.take(submit.destination_addr, b"".join(references), part)
        if taken.text is not None and mode.manner != Manner.UNDELIVERED:
            self._inbox.add("sms", f"+{submit.destination_addr}", "", taken.text)
        if submit.registered_delivery and not taken.repeated:
            due = self._now() + timedelta(seconds=mode.seconds)
            for receipt in owed(mode.manner, self._receipt(submit, taken.gateway_id)):
                self._receipts.put(due, receipt.content())
        if mode.manner == Manner.EARLY:
            await self._send_due()
        submit.accept(taken.gateway_id)

    def _receipt(self, submit: SubmitSmEvent, gateway_id: str) -> OwedReceipt:
        system_id = self._sessions[submit.session_id].system_id
        submitted = self._now().isoformat()
        return OwedReceipt(system_id, gateway_id, submit.destination_addr, submit.source_addr, submitted)

    async def _send_receipts(self) -> None:
        while True:
            await self._send_due()
            await asyncio.sleep(_RECEIPTS_EVERY)

    async def _send_due(self) -> None:
        async with self._one_sender:
            for thing in self._receipts.due(self._now()):
                receipt = OwedReceipt(**thing.content)
                # Kept, and sent again, unless it was acknowledged.
                with suppress(SmppError, TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        if await self._deliver(receipt):
                            self._receipts.done(thing)

    async def _deliver(self, receipt: OwedReceipt) -> bool:
        bound = [session for session in self._sessions.values() if session.system_id == receipt.system_id]
        return bool(bound) and await receipt.deliver(bound[-1], self._now())


async def _unbind(session: Esme) -> None:
    with suppress(SmppError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            await session.unbind()

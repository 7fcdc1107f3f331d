"""SMPP servers for tests of the gateway: the demo's message centre, and one that answers no submit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from smpp34 import Esme, Server, SmppError, SubmitSmEvent, Unbound

from activities.gateways.sms.gateway import Receipt, SmsMessage
from activities.gateways.sms.smpp import SmppGateway
from activities.gateways.sms.smpp_account import SmppAccount
from demo.sms.smsc import MessageCentre
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from tests.support.clock import Clock
from tests.support.waiting import free_port, running

PHONE = "+33600000001"
MESSAGE = SmsMessage("delivery-1", PHONE, "Lien : https://elections.exemple.fr/lien/abc")
LONG = SmsMessage("delivery-2", PHONE, "Élections « professionnelles » : " + "un lien à ouvrir, " * 12)


class SmppSetup:
    """Port and files of the demo's message centre, and the receipts that gateways to it have reported."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self.inbox = Inbox.under(state, clock)
        self.modes = GatewayModes.under(state)
        self.clock = clock
        self.account = SmppAccount(
            "127.0.0.1",
            free_port(),
            "reassort",
            "secret",
            "ELECTIONS",
            rate=1000,
            bind_wait=30.0,
            send_timeout=60.0,
        )
        self.receipts: list[Receipt] = []

    def centre(self) -> MessageCentre:
        """Return a message centre; it listens while its `run` does."""
        return MessageCentre(self.inbox, self.modes, self.account.port, self.clock)

    def gateway(self, **changes: Any) -> SmppGateway:
        """Return a gateway to the message centre, with some settings of its account changed."""
        return SmppGateway(replace(self.account, **changes), self.keep, self.clock, name="smpp")

    async def keep(self, receipt: Receipt) -> None:
        """Keep a receipt that a gateway reports."""
        self.receipts.append(receipt)

    def texts(self) -> list[str]:
        """Return the texts that the phone has received."""
        return [message.text for message in self.inbox.of(PHONE)]


@dataclass
class MuteCentre:
    """The unanswered submits of a message centre, and the sessions that are bound to it."""

    held: list[SubmitSmEvent] = field(default_factory=list)
    bound: list[Esme] = field(default_factory=list)

    async def listen(self, server: Server) -> None:
        """Record sessions and submits, until cancelled."""
        while True:
            match await server.next():
                case Esme() as session:
                    self.bound.append(session)
                case SubmitSmEvent() as submit:
                    self.held.append(submit)
                case Unbound() as end:
                    self.bound = [session for session in self.bound if session.session_id != end.session_id]


@asynccontextmanager
async def mute_centre(port: int) -> AsyncIterator[MuteCentre]:
    """Yield a message centre that answers no submit, and that unbinds all sessions at the end."""
    centre = MuteCentre()
    server = Server("127.0.0.1", port)
    await server.start()
    async with running(centre.listen(server)):
        yield centre
        await server.stop()
        for session in centre.bound:
            with suppress(SmppError):  # the gateway has unbound by itself
                await session.unbind()

"""The demo's mail server, which has a mailbox for every address."""

import asyncio
from asyncio import BaseTransport
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.mail.bounces import BounceQueue
from demo.state.gateway_modes import Behaviour, GatewayModes
from demo.state.inbox import Inbox
from demo.state.pending import Pending
from demo.state.reachability import PortInUseError, keep_open

_DELIVERY_INTERVAL = 0.1  # seconds
# What is reported of a mail that is accepted and not delivered.
_REPORTED = {Behaviour.BOUNCE: "5.1.1", Behaviour.FULL: "5.2.2"}


class DsnSmtp(SMTP):
    """One client's connection. It takes RFC 3461's parameters, to which aiosmtpd answers 555, and ignores them."""

    def __init__(self, handler: object, open_connections: "set[DsnSmtp]") -> None:
        super().__init__(handler, hostname="localhost", enable_SMTPUTF8=True)
        self._open_connections = open_connections

    def connection_made(self, transport: BaseTransport) -> None:
        """Add this connection to the open ones."""
        super().connection_made(transport)
        self._open_connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Remove this connection from the open ones."""
        self._open_connections.discard(self)
        super().connection_lost(error)

    def close(self) -> None:
        """Close the connection at once, also in the middle of a mail."""
        if self.transport is not None:
            self.transport.close()

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        dsn_parameters = ("RET=", "ENVID=", "NOTIFY=", "ORCPT=")
        kept: dict[str, str | bool] | None = super()._getparams(
            [p for p in params if not p.startswith(dsn_parameters)]
        )
        return kept


class MailServer:
    """Listens on a port of this machine, and puts mails into the inbox."""

    def __init__(
        self,
        inbox: Inbox,
        modes: GatewayModes,
        port: int,
        now: Callable[[], datetime],
        lmtp_port: int | None = None,
    ) -> None:
        self._inbox = inbox
        self._modes = modes
        self._port = port
        self._now = now
        self._delayed = Pending(inbox.path, "mail")
        self._bounces = BounceQueue(inbox.path, lmtp_port, now)

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUseError: another program listens on the port.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_open(self._serve, lambda: self._modes.email().behaviour == Behaviour.DOWN))
            tasks.create_task(self._deliver_delayed())
            tasks.create_task(self._bounces.run())

    async def handle_EHLO(  # noqa: N802 - the name of aiosmtpd's hook
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce the extension DSN (RFC 3461) in the answer to EHLO."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: DsnSmtp, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept any recipient, or refuse each while the mode says so."""
        behaviour = self._modes.email().behaviour
        if behaviour == Behaviour.DOWN:  # the port is closed a little later
            server.close()
            return "421 4.3.2 closing"
        if behaviour == Behaviour.REFUSE:
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Put the mail into each recipient's mailbox, now or after the delay of the mode, or report that none takes it."""
        reported = _REPORTED.get(self._modes.email().behaviour)
        if reported:
            for address in envelope.rcpt_tos:
                self._bounces.add(envelope.mail_from or "", address, reported)
            return "250 OK"
        parts = _subject_and_bodies(envelope.original_content or b"")
        delay = self._modes.email().seconds
        for address in envelope.rcpt_tos:
            content = {"to": address.lower(), **parts}
            if delay:
                self._delayed.put(self._now() + timedelta(seconds=delay), content)
            else:
                self._put(content)
        return "250 OK"

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        connections: set[DsnSmtp] = set()
        try:
            server = await loop.create_server(lambda: DsnSmtp(self, connections), "127.0.0.1", self._port)
        except OSError:
            raise PortInUseError(self._port) from None
        try:
            await loop.create_future()
        finally:
            server.close()
            # A client that keeps its connection open must find the server down as well.
            for connection in list(connections):
                connection.close()

    async def _deliver_delayed(self) -> None:
        while True:
            for mail in self._delayed.due(self._now()):
                self._put(mail.content)
                self._delayed.remove(mail)
            await asyncio.sleep(_DELIVERY_INTERVAL)

    def _put(self, content: dict[str, str]) -> None:
        self._inbox.add("email", content["to"], content["subject"], content["text"], content.get("html", ""))


def _subject_and_bodies(content: bytes) -> dict[str, str]:
    # Without a policy: `email.policy.default` takes 1.5 ms a mail, most of this program's time.
    mail = message_from_bytes(content)
    raw = next((str(value) for name, value in mail.raw_items() if name.lower() == "subject"), "")
    unfolded = "".join(raw.splitlines()).encode("ascii", "surrogateescape").decode("utf-8", "replace")
    subject = str(make_header(decode_header(unfolded)))
    return {"subject": subject, "text": _body(mail, "text/plain"), "html": _body(mail, "text/html")}


def _body(mail: Message, kind: str) -> str:
    """Return the first body of a kind, or an empty text."""
    part = next((each for each in mail.walk() if each.get_content_type() == kind), None)
    if part is None:
        return ""
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)  # only a multipart has none
    return body.decode(part.get_content_charset("ascii"), "replace")

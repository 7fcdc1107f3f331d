"""The demo's mail server: every address has a mailbox."""

import asyncio
from asyncio import BaseTransport
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.state.gateway_modes import GatewayModes, Manner
from demo.state.inbox import Inbox
from demo.state.pending import Pending
from demo.state.reachability import PortInUseError, keep_open

_DELIVER_EVERY = 0.1


class DsnSmtp(SMTP):
    """One client's connection. It knows RFC 3461's parameters, to which aiosmtpd answers 555."""

    def __init__(self, handler: object, opened: "set[DsnSmtp]") -> None:
        super().__init__(handler, hostname="localhost", enable_SMTPUTF8=True)
        self._opened = opened

    def connection_made(self, transport: BaseTransport) -> None:
        """Note that it is open."""
        super().connection_made(transport)
        self._opened.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is not."""
        self._opened.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Close the connection, though the client would say more."""
        if self.transport is not None:
            self.transport.close()

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        notices = ("RET=", "ENVID=", "NOTIFY=", "ORCPT=")
        kept: dict[str, str | bool] | None = super()._getparams([p for p in params if not p.startswith(notices)])
        return kept


class MailServer:
    """Listens on a port of this machine, and puts what arrives into the inbox."""

    def __init__(self, inbox: Inbox, modes: GatewayModes, port: int, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._modes = modes
        self._port = port
        self._now = now
        self._late = Pending(inbox.path, "mail")

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUseError: another program listens there.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_open(self._serve, lambda: self._modes.email().manner == Manner.DOWN))
            tasks.create_task(self._deliver_late())

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names its hooks so
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say that delivery notices may be asked for."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: DsnSmtp, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take any recipient, or none."""
        manner = self._modes.email().manner
        if manner == Manner.DOWN:  # from this moment on, though the door is shut a little later
            server.hang_up()
            return "421 4.3.2 closing"
        if manner == Manner.REFUSE:
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Put the message into each recipient's mailbox, now or later."""
        subject, text = _read(envelope.original_content or b"")
        late = self._modes.email().seconds
        for address in envelope.rcpt_tos:
            content = {"to": address.lower(), "subject": subject, "text": text}
            if late:
                self._late.put(self._now() + timedelta(seconds=late), content)
            else:
                self._put(content)
        return "250 OK"

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        opened: set[DsnSmtp] = set()
        try:
            server = await loop.create_server(lambda: DsnSmtp(self, opened), "127.0.0.1", self._port)
        except OSError:
            raise PortInUseError(self._port) from None
        try:
            await loop.create_future()
        finally:
            server.close()
            # Whoever keeps a connection open must find the relay down as well.
            for connection in list(opened):
                connection.hang_up()

    async def _deliver_late(self) -> None:
        while True:
            for mail in self._late.due(self._now()):
                self._put(mail.content)
                self._late.done(mail)
            await asyncio.sleep(_DELIVER_EVERY)

    def _put(self, content: dict[str, str]) -> None:
        self._inbox.add("email", content["to"], content["subject"], content["text"])


def _read(wire: bytes) -> tuple[str, str]:
    # By the library's older way: the newer one takes 1.5 ms a mail, most of this program's time.
    mail = message_from_bytes(wire)
    raw = next((str(value) for name, value in mail.raw_items() if name.lower() == "subject"), "")
    unfolded = "".join(raw.splitlines()).encode("ascii", "surrogateescape").decode("utf-8", "replace")
    subject = str(make_header(decode_header(unfolded)))
    plain = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), None)
    if plain is None:
        return subject, ""
    body = plain.get_payload(decode=True)
    assert isinstance(body, bytes)  # only a multipart has none
    return subject, body.decode(plain.get_content_charset("ascii"), "replace")

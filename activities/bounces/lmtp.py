"""Receives bounces by LMTP (RFC 2033), from the mail server that has the return paths' domain."""

import asyncio
import logging

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from activities.bounces.inbox import BounceInbox
from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import SettingsError
from activities.gateways.mail.return_path import ReturnPaths

_LARGEST = (
    1024 * 1024
)  # bytes; servers quote the headers alone of a message that asks for it (RET=HDRS), or cut it short
_IDLE = 60.0  # seconds
_LATER = "451 4.3.0 Try again later"
# aiosmtpd logs what it reads.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
_log = structlog.stdlib.get_logger(__name__)


class _Connection(LMTP):
    """One connection; it takes lines that are longer than the rule, as some servers write them."""

    line_length_limit = 64 * 1024


class BounceLmtp:
    """Accepts mails to our return paths, and answers once each is stored; the sending server keeps the others."""

    def __init__(self, return_paths: ReturnPaths, inbox: BounceInbox, host: str, port: int) -> None:
        self._return_paths = return_paths
        self._inbox = inbox
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def is_serving(self) -> bool:
        """Whether it takes mails."""
        return self._server is not None and self._server.is_serving()

    async def run(self) -> None:
        """Serve until cancelled; several processes of a machine share the port.

        Raises:
            SettingsError: the port cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connection, self._host, self._port, reuse_port=True)
        except OSError:
            raise SettingsError(f"REASSORT_LMTP_PORT: {self._host}:{self._port} cannot be listened on") from None
        try:
            await loop.create_future()
        finally:
            self._server.close()  # not `wait_closed`, which waits for every connection since Python 3.12.1

    def _connection(self) -> _Connection:
        return _Connection(
            self, data_size_limit=_LARGEST, enable_SMTPUTF8=True, hostname=self._return_paths.domain, timeout=_IDLE
        )

    async def handle_RCPT(  # noqa: N802 - the name of aiosmtpd's hook
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept a return path that was made here, one for each mail; a report names one message."""
        if self._return_paths.message_id(address) is None:
            return "550 5.1.1 No such return path"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Store the mail, and only then say that it was taken."""
        message_id = self._return_paths.message_id(envelope.rcpt_tos[0])
        assert message_id is not None  # it was accepted above
        try:
            is_taken = await self._inbox.store(message_id, envelope.original_content or b"")
        except DatabaseUnavailableError:
            return _LATER
        return "250 2.0.0 OK" if is_taken else "550 5.7.1 Enough reports of that message"

    async def handle_exception(self, error: Exception) -> str:
        """Answer that the mail was not taken, whatever has happened; the error's text may hold an address."""
        _log.error("bounce_not_taken", fault=type(error).__name__)
        return _LATER

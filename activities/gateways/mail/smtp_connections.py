"""Connections to a mail relay that stay open between messages, as Postfix keeps its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from aiosmtplib import SMTP, SMTPException

from activities.gateways.mail.smtp_account import SmtpAccount

_FAREWELL = 1.0


@dataclass(eq=False)
class _Connection:
    client: SMTP
    since: datetime
    carried: int = 0


class Lease:
    """What one send speaks through: a kept connection if there is one, and a new one for the asking."""

    def __init__(self, account: SmtpAccount, connection: _Connection | None, now: Callable[[], datetime]) -> None:
        self.connection = connection
        self._account = account
        self._now = now

    @property
    def kept(self) -> SMTP | None:
        """The connection that carried earlier messages: the relay may have hung up since."""
        return self.connection.client if self.connection else None

    async def open(self) -> SMTP:
        """Return a new connection, in the place of the kept one.

        Raises:
            SMTPException, OSError: the relay does not answer, or does not want us.
        """
        if self.connection:
            self.connection.client.close()
        client = _client(self._account)
        self.connection = _Connection(client, self._now())
        await client.connect()
        await client.ehlo()
        return client


class SmtpConnections:
    """Lends a connection to one send at a time; `now` tells how long it was idle."""

    def __init__(self, account: SmtpAccount, now: Callable[[], datetime]) -> None:
        self._account = account
        self._now = now
        self._idle: list[_Connection] = []

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Lease]:
        """Lend what one send needs. A connection on which anything went wrong is never lent again."""
        lease = Lease(self._account, self._take(), self._now)
        taken = False
        try:
            yield lease
            taken = True
        finally:
            connection = lease.connection
            if connection and not (taken and self._keep(connection)):
                await _leave(connection.client)

    async def leave_idle(self) -> None:
        """Say goodbye on the connections that were idle for too long."""
        await self._leave_all([connection for connection in self._idle if not self._is_usable(connection)])

    async def leave(self) -> None:
        """Say goodbye on every connection that nobody uses."""
        await self._leave_all(list(self._idle))

    def _take(self) -> _Connection | None:
        # The one used last: in quiet times the others become idle for too long, and go.
        while self._idle:
            connection = self._idle.pop()
            if self._is_usable(connection):
                return connection
            connection.client.close()  # without a goodbye, for which the message would have to wait
        return None

    def _keep(self, connection: _Connection) -> bool:
        connection.carried += 1
        connection.since = self._now()
        keep = connection.carried < self._account.messages and len(self._idle) < self._account.kept
        if keep:
            self._idle.append(connection)
        return keep

    def _is_usable(self, connection: _Connection) -> bool:
        return connection.client.is_connected and self._now() - connection.since < self._account.idle

    async def _leave_all(self, connections: list[_Connection]) -> None:
        self._idle = [connection for connection in self._idle if connection not in connections]
        await asyncio.gather(*(_leave(connection.client) for connection in connections))


def _client(account: SmtpAccount) -> SMTP:
    return SMTP(
        hostname=account.host,
        port=account.port,
        username=account.user,
        password=account.password,
        start_tls=account.starttls,
        local_hostname=account.domain,
        timeout=None,  # a send has one for the whole
    )


async def _leave(client: SMTP) -> None:
    # The message was taken or not before this: a lame farewell changes nothing.
    try:
        if client.is_connected:
            with suppress(SMTPException, OSError):
                await client.quit(timeout=_FAREWELL)
    finally:
        client.close()

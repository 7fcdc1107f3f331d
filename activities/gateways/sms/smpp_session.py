"""One bound session with an operator's message centre."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Self

from smpp34 import Client, DeliverSmEvent, Disconnected, SmppError, Smsc

from activities.gateways.sms.smpp_account import SmppAccount

_UNBIND_TIMEOUT = 1.0  # seconds
# The library gives no event when it drops a connection whose inbound queue is full.
_CHECK_EVERY = 2.0  # seconds
_UNREAD_AT_MOST = 1000


class SmppSession:
    """A bound session; iterating yields every deliver_sm until the session ends."""

    def __init__(self, client: Client, smsc: Smsc) -> None:
        self._client = client
        self.smsc = smsc
        self._next: asyncio.Future[DeliverSmEvent | Disconnected] | None = None
        self._ended = False

    @classmethod
    async def open(cls, account: SmppAccount) -> Self:
        """Bind as a transceiver.

        Raises:
            SmppError: no connection, no answer to the bind, or a refusal, which smpp34 (1.5.0) does not tell from no answer.
        """
        client = Client(
            account.host,
            account.port,
            account.system_id,
            account.password,
            bind_type="TRX",
            system_type=account.system_type,
            tls=account.tls,
            window_size=account.window,
            inbound_capacity=_UNREAD_AT_MOST,
            connect_timeout_ms=int(account.bind_timeout * 1000),
        )
        try:
            return cls(client, await client.connect())
        except BaseException:
            await client.stop()
            raise

    async def __aiter__(self) -> AsyncIterator[DeliverSmEvent]:
        while not self._ended:
            event = await self._event()
            if isinstance(event, DeliverSmEvent):
                yield event
            else:
                self._ended = True

    async def drop(self) -> None:
        """End the session, so that iterating ends: the operator accepts nothing on it."""
        with suppress(SmppError, TimeoutError):
            async with asyncio.timeout(_UNBIND_TIMEOUT):
                await self.smsc.unbind()

    async def close(self) -> list[DeliverSmEvent]:
        """Unbind, and return the events that were received but not read yet."""
        unread: list[DeliverSmEvent] = []
        with suppress(SmppError, TimeoutError):
            async with asyncio.timeout(_UNBIND_TIMEOUT):
                if not self._ended:
                    await self.smsc.unbind()
                async for event in self:
                    unread.append(event)  # noqa: PERF401 - a time-out must not lose those already read
        await self._client.stop()
        return unread

    async def _event(self) -> DeliverSmEvent | Disconnected | None:
        # Never cancelled, since an event could be lost with it; kept for the next call instead.
        if self._next is None:
            self._next = asyncio.ensure_future(self.smsc.next())
        while not (await asyncio.wait({self._next}, timeout=_CHECK_EVERY))[0]:
            if not await self._client.is_alive():
                return None
        event, self._next = self._next.result(), None
        return event

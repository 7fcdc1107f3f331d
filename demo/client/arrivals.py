"""Messages that phones and mailboxes receive: one task polls the inbox for all voters that wait."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from demo.state.inbox import Inbox, ReceivedMessage

_POLL_INTERVAL = 0.02  # seconds
_BATCH = 500
LINK = re.compile(r"/lien/[0-9a-z]+")


class Arrivals:
    """Every message in the inbox, by recipient (a phone number or an address)."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._received: dict[str, list[ReceivedMessage]] = defaultdict(list)
        self._changed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._last_id = 0

    @classmethod
    @asynccontextmanager
    async def under(cls, state: Path) -> AsyncIterator[Self]:
        """Poll the inbox of the demo whose state is in that directory, for as long as the context lasts."""
        arrivals = cls(Inbox.under(state))
        polling = asyncio.create_task(arrivals._poll())
        try:
            yield arrivals
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling

    def links(self, recipient: str, pattern: re.Pattern[str] = LINK) -> list[str]:
        """Return the first match of the pattern in each message of the recipient, oldest first: paths of links."""
        found = (pattern.search(message.text) for message in self._received[recipient])
        return [each[0] for each in found if each]

    async def link(
        self, recipient: str, number: int = 1, within: float = 60.0, pattern: re.Pattern[str] = LINK
    ) -> str:
        """Return the `number`th match that `links` finds; wait for it up to `within` seconds.

        Raises:
            TimeoutError: it has not arrived by then.
        """
        async with asyncio.timeout(within):
            while len(links := self.links(recipient, pattern)) < number:
                self._changed[recipient].clear()
                await self._changed[recipient].wait()
        return links[number - 1]

    async def _poll(self) -> None:
        while True:
            while received := self._inbox.since(self._last_id, _BATCH):
                self._last_id = received[-1].id
                for message in received:
                    self._received[message.to].append(message)
                    self._changed[message.to].set()
            await asyncio.sleep(_POLL_INTERVAL)

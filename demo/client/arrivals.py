"""What phones and mailboxes receive, handed to whoever waits for it: one look serves everyone."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from demo.state.inbox import Inbox, ReceivedMessage

_LOOK_EVERY = 0.02  # seconds
_AT_ONCE = 500
LINK = re.compile(r"/lien/[0-9a-z]+")


class Arrivals:
    """Every message since the beginning, by who received it."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._received: dict[str, list[ReceivedMessage]] = defaultdict(list)
        self._news: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._last = 0

    @classmethod
    @asynccontextmanager
    async def under(cls, state: Path) -> AsyncIterator[Self]:
        """Watch the inbox of a demo for as long as the context lasts."""
        arrivals = cls(Inbox.under(state))
        watching = asyncio.create_task(arrivals._watch())
        try:
            yield arrivals
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    def links(self, to: str, mark: re.Pattern[str] = LINK) -> list[str]:
        """Return the paths of the links, or whatever else is marked, that somebody has received, oldest first."""
        found = (mark.search(message.text) for message in self._received[to])
        return [each[0] for each in found if each]

    async def link(self, to: str, number: int = 1, within: float = 60.0, mark: re.Pattern[str] = LINK) -> str:
        """Return the `number`th of what `links` finds, once it is there.

        Raises:
            TimeoutError: it is not, `within` seconds later.
        """
        async with asyncio.timeout(within):
            while len(links := self.links(to, mark)) < number:
                self._news[to].clear()
                await self._news[to].wait()
        return links[number - 1]

    async def _watch(self) -> None:
        while True:
            while received := self._inbox.since(self._last, _AT_ONCE):
                self._last = received[-1].id
                for message in received:
                    self._received[message.to].append(message)
                    self._news[message.to].set()
            await asyncio.sleep(_LOOK_EVERY)

"""Lets new voters in as fast as those inside are served: where too many are, a page asks to wait, and loads itself again.

A machine that takes in more voters than it can serve serves fewer than it could: each page of each of them is late, and what is
answered too late was done for nothing.
"""

import asyncio
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EntranceLimit:
    """Middleware that holds up the pages that begin a voter's way while `most` requests are being answered.

    `entrances` are their paths: a form that was filled in is never held up. Such a page waits up to `patience` seconds, in turn,
    then `full` answers.
    """

    def __init__(
        self, app: ASGIApp, *, entrances: Collection[str], most: int, patience: float, full: ASGIApp
    ) -> None:
        self._app = app
        self._entrances = frozenset(entrances)
        self._most = most
        self._patience = patience
        self._full = full
        self._begun = 0
        self._one_ended = asyncio.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, at once or when it is its turn."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_entrance(scope) and not await self._is_admitted():
            await self._full(scope, receive, send)
            return
        self._begun += 1
        is_counted = True

        async def end() -> None:
            nonlocal is_counted
            if is_counted:
                is_counted = False
                self._begun -= 1
                async with self._one_ended:
                    self._one_ended.notify()

        async def send_and_end(message: Message) -> None:
            await send(message)
            await end()  # an event stream has begun, and costs nothing more

        try:
            await self._app(scope, receive, send_and_end)
        finally:
            await end()

    def _is_entrance(self, scope: Scope) -> bool:
        return scope["method"] == "GET" and scope["path"] in self._entrances

    async def _is_admitted(self) -> bool:
        """Return whether there is room, after a wait if there is none yet."""
        if self._begun < self._most:
            return True
        try:
            async with asyncio.timeout(self._patience), self._one_ended:
                await self._one_ended.wait_for(lambda: self._begun < self._most)
        except TimeoutError:
            return False
        return True

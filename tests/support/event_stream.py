"""An open follow-up page: its event stream, read from the application without a network."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp, Message


class EventStream:
    """The events of one browser's stream; `events` has their data, `status` the answer's, `ended` is set at its end."""

    def __init__(self, app: ASGIApp, cookie: str) -> None:
        self.events: list[str] = []
        self.status = 0
        self.ended = asyncio.Event()
        self._app = app
        self._left = asyncio.Event()
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": "/reassort/suivi/evenements",
            "query_string": b"",
            "headers": [(b"host", b"portail.exemple.fr"), (b"cookie", f"session={cookie}".encode())],
        }

    async def __aenter__(self) -> Self:
        self._stream = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._left.set()
        await self._stream

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)
        self.ended.set()

    async def _receive(self) -> Message:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        text = message.get("body", b"").decode()
        self.events += [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]

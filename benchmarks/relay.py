"""A mail relay before the demo's own, which can hang: it accepts, and never speaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# Another address of this machine (Linux has them all), since the demo's own server has the port on the first.
HOST = "127.0.0.2"


class Relay:
    """Hands mail on, unless it hangs."""

    def __init__(self, port: int) -> None:
        self.hangs = False
        self.waiting = 0  # connections that it lets hang now
        self._port = port

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen on the same port as the demo's mail server, for as long as the context lasts."""
        server = await asyncio.start_server(self._take, HOST, self._port)
        try:
            yield
        finally:
            server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            if self.hangs:
                self.waiting += 1
                await _swallow(reader)
                self.waiting -= 1
            else:
                await self._hand_on(reader, writer)
        writer.close()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, onward = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(_pour(reader, onward), _pour(answers, writer))


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(4096):
        pass


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    target.close()

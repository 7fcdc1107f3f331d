"""Ten thousand event streams in one process: sockets that read just enough of what they are told."""

import asyncio
import re
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

from demo.client.event_stream import PATH

_EVENT = re.compile(rb'"stage": ?"(\w+)"')
_LONGEST_EVENT = 64  # bytes: of what the pattern finds
_TOLD_WITHIN = 60.0  # seconds
_AT_ONCE = 32
_OK = b"HTTP/1.1 200 "
_END = b"\r\n0\r\n\r\n"  # of a body in chunks; the connection stays open


class Stream(asyncio.Protocol):
    """One open stream; `stages` has each event with the instant of `perf_counter` at which it came."""

    def __init__(self, request: bytes) -> None:
        self.stages: list[tuple[str, float]] = []
        self.transport: asyncio.Transport | None = None
        self.fault = ""
        self._request = request
        self._first = b""
        self._unread = b""
        self._changed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note each event that has come."""
        if len(self._first) < len(_OK):
            self._first += data[: len(_OK)]
            if not _OK.startswith(self._first[: len(_OK)]):
                self.fault = self._first.decode(errors="replace")
        self._unread += data
        found = list(_EVENT.finditer(self._unread))
        self.stages += [(each[1].decode(), perf_counter()) for each in found]
        if self._unread.endswith(_END):
            self.fault = "ended"
        self._unread = self._unread[found[-1].end() if found else 0 :][-_LONGEST_EVENT:]
        self._changed.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the stream has ended."""
        self.fault = self.fault or f"ended {error or ''}".strip()
        self._changed.set()

    async def told(self, stage: str | None = None) -> float:
        """Return the instant of the first event that told this stage, or of the first one; wait for it.

        Raises:
            ConnectionError: the stream has ended or was refused.
            TimeoutError: it has not come within a minute.
        """
        async with asyncio.timeout(_TOLD_WITHIN):
            while True:
                for each, instant in self.stages:
                    if stage in {None, each}:
                        return instant
                if self.fault:
                    raise ConnectionError(self.fault)
                self._changed.clear()
                await self._changed.wait()


async def opened(url: str, cookies: list[str]) -> list[Stream]:
    """Return an open stream for the session of each cookie, once each has told where the recovery stands.

    Raises:
        ConnectionError: a stream was refused.
    """
    slots, netloc = asyncio.Semaphore(_AT_ONCE), urlsplit(url).netloc
    host, _, port = netloc.partition(":")
    loop = asyncio.get_running_loop()

    async def open_one(cookie: str) -> Stream:
        fields = {"Host": netloc, "Cookie": f"session={cookie}", "Accept": "text/event-stream"}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        request = f"GET {PATH} HTTP/1.1\r\n{head}\r\n".encode()
        async with slots:
            _, stream = await loop.create_connection(lambda: Stream(request), host, int(port))
            await stream.told()
        return stream

    return list(await asyncio.gather(*map(open_one, cookies)))


def close(streams: list[Stream]) -> None:
    """Close the streams."""
    for stream in streams:
        if stream.transport is not None:
            stream.transport.abort()

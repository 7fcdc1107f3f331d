"""The sockets of `followers`: what they read of a web's answer, however it is cut into pieces."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.followers.streams import Stream, close, opened

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _event(stage: str) -> bytes:
    data = f'event: status\ndata: {{"stage":"{stage}","announce":"«\u202f…\u202f»","fragment":"<p>"}}\n\n'.encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@asynccontextmanager
async def _web(*pieces: bytes) -> AsyncIterator[str]:
    """Yield the address of a server that writes each piece apart, then keeps the connection open."""
    closing = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"Cookie: session=a-cookie\r\n" in await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if not pieces[-1].endswith(b"end"):
            await closing.wait()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
        closing.set()


async def _stages(*pieces: bytes, last: str) -> list[str]:
    async with _web(*pieces) as url:
        [stream] = await opened(url, ["a-cookie"])
        await stream.told(last)
        close([stream])
        return [stage for stage, _ in stream.stages]


async def test_each_event_is_read_once() -> None:
    """Two events in one piece, a ping between them, and one later."""
    pieces = (_HEAD + _event("Late") + b"9\r\n: ping\n\n\r\n" + _event("Sent"), _event("Displaying"))
    assert await _stages(*pieces, last="Displaying") == ["Late", "Sent", "Displaying"]


async def test_an_event_may_come_byte_by_byte() -> None:
    """No piece holds the whole pattern."""
    whole = _HEAD + _event("Late") + _event("Sent")
    pieces = [whole[place : place + 1] for place in range(len(whole))]
    assert await _stages(*pieces, last="Sent") == ["Late", "Sent"]


async def test_a_refused_stream_is_an_error() -> None:
    """It has another status; it is not waited for."""
    async with _web(b"HTTP/1.1 429 Too Many Requests\r\n\r\n") as url:
        with pytest.raises(ConnectionError, match="429"):
            await opened(url, ["a-cookie"])


@pytest.mark.parametrize("end", [b"end", b"0\r\n\r\n"], ids=["connection closed", "last chunk"])
async def test_a_stream_that_ends_is_an_error(end: bytes) -> None:
    """Whoever waits for an event is told that none will come."""
    async with _web(_HEAD + _event("Late") + end) as url:
        [stream] = await opened(url, ["a-cookie"])
        with pytest.raises(ConnectionError, match="ended"):
            await stream.told("Sent")


def test_memory_of_a_stream_does_not_grow_with_what_it_reads() -> None:
    """A long answer without an event is forgotten."""
    stream = Stream(b"")
    stream.data_received(_HEAD + b"x" * 100_000)
    assert len(stream._unread) <= 64

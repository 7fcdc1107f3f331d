"""`python -m benchmarks.mailing.sink --port N`: a mail relay that accepts everything at once and keeps nothing."""

import argparse
import asyncio
from typing import cast

from activities.config import event_loop

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 DSN\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_OK = b"250 OK\r\n"
_END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One client's connection."""

    def __init__(self) -> None:
        self._unread = b""
        self._is_in_data = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each mail."""
        self._unread += data
        while (answer := self._next()) is not None:
            if self._transport is not None:
                self._transport.write(answer)

    def _next(self) -> bytes | None:
        end = _END if self._is_in_data else b"\r\n"
        received, found, rest = self._unread.partition(end)
        if not found:
            return None
        self._unread = rest
        if self._is_in_data:
            self._is_in_data = False
            return _OK
        word = received[:4].upper()
        self._is_in_data = word == b"DATA"
        return _ANSWERS.get(word, _OK)


async def serve(port: int) -> None:
    """Serve until the process is killed."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mailing.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    event_loop.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()

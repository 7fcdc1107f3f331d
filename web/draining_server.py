"""The server of the web, which loses no request when it stops."""

import asyncio
import gc
import os
import socket
from contextlib import suppress

import uvicorn

# Each open event stream keeps some hundred objects, which the usual thresholds (700, 10, 10) look through again and again.
_GC_THRESHOLDS = (100_000, 50, 1_000)
_REQUEST_ARRIVES_WITHIN = 0.5  # seconds after the connection: a proxy sends the whole request at once


class DrainingServer(uvicorn.Server):
    """A server that, told to stop, first answers every connection that the kernel has accepted for it.

    uvicorn closes at once those whose request it has not read yet, and the kernel those that wait for their turn. The proxy has
    sent the request of each, and cannot tell that nobody has acted on it: for a form it would answer the voter 502.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, with a collector of garbage for many long-lived objects."""
        gc.set_threshold(*_GC_THRESHOLDS)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let the requests of the last ones arrive, then stop as uvicorn does."""
        loop = asyncio.get_running_loop()
        for connection in self._last_connections():
            await loop.connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(_REQUEST_ARRIVES_WITHIN)
        await super().shutdown(sockets)

    def _last_connections(self) -> list[socket.socket]:
        """Stop listening, and return the connections that wait for their turn. Nothing is awaited between the two."""
        listening = [socket.socket(fileno=os.dup(each.fileno())) for each in self._listening()]
        for server in self.servers:
            server.close()
        waiting = []
        for each in listening:
            each.setblocking(False)
            with each, suppress(BlockingIOError):
                while True:
                    waiting.append(each.accept()[0])
        return waiting

    def _listening(self) -> list[socket.socket]:
        return [each for server in self.servers for each in server.sockets]

    def _protocol(self) -> asyncio.Protocol:
        # The class is known once the configuration is loaded, and its arguments are those of uvicorn's own.
        return self.config.http_protocol_class(  # type: ignore[call-arg] # as in uvicorn
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

"""Serves webhooks inside a worker of the messaging role, on a port of their own behind the reverse proxy."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

_MOST_REQUESTS = 200  # at once; the operator reports the others again


class WebhookServer:
    """Listens while `run` does; several processes of a machine share the port."""

    def __init__(self, routes: Sequence[BaseRoute], host: str, port: int) -> None:
        self._address = (host, port)
        config = uvicorn.Config(
            Starlette(routes=routes),
            access_log=False,  # an address may be secret
            server_header=False,
            log_config=None,
            lifespan="off",
            limit_concurrency=_MOST_REQUESTS,
            timeout_graceful_shutdown=5,
        )
        self._server = _WithoutSignals(config)

    @property
    def is_serving(self) -> bool:
        """Whether it takes requests."""
        return self._server.started and not self._server.should_exit

    async def run(self) -> None:
        """Serve until cancelled, then answer the requests that have begun.

        Raises:
            OSError: another program, or another user's, listens on the port.
        """
        with self._socket() as listening:
            serving = asyncio.create_task(self._server.serve([listening]))
            try:
                await asyncio.shield(serving)
            except asyncio.CancelledError:
                self._server.should_exit = True
                await serving
                raise

    def _socket(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            listening.bind(self._address)
        except OSError:
            listening.close()
            raise
        return listening


class _WithoutSignals(uvicorn.Server):
    """The worker has its own handlers of signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

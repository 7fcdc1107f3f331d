"""Where operators report by HTTP: each receipt is in the ledger before they read that it was taken."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from activities.config.errors import DatabaseUnavailableError
from activities.config.last_state import LastState
from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.receipt_queue import ReceiptQueue
from activities.gateways.sms_http.account import PATH
from activities.gateways.sms_http.event import (
    EventReader,
    EventRequest,
    ForgedEventError,
    UnreadableEventError,
)

_LARGEST_BODY = 16 * 1024
_log = structlog.stdlib.get_logger(__name__)

# Stores a receipt, and returns the id of its message, or None while that is not known.
Store = Callable[[Receipt], Awaitable[str | None]]


class Webhook:
    """Takes the reports of several operators, each at an address of its own.

    What is stored and known is handed to `receipts`, which tells the recovery, and again while it cannot. So is what could
    not be stored: some operators report once only, whatever they are answered.
    """

    def __init__(self, readers: Mapping[str, EventReader], store: Store, receipts: ReceiptQueue) -> None:
        self._readers = readers
        self._store = store
        self._receipts = receipts
        self._forgeries = {name: LastState() for name in readers}
        self.routes = [
            Route(path, self._receive, methods=["GET", "POST"])
            for path in (f"{PATH}/{{gateway}}", f"{PATH}/{{gateway}}/{{secret}}")
        ]

    async def _receive(self, request: Request) -> Response:
        """Answer 200 once the receipt is stored; 503 makes the operator report again.

        404 for an operator that we do not have, 403 for a request that is not the operator's, 400 for one that nobody can read.
        """
        reader = self._readers.get(request.path_params["gateway"])
        if reader is None:
            return Response(status_code=404)
        await self._receipts.room()
        try:
            receipt = reader.receipt(await _read(request))
        except ForgedEventError:
            return self._forged(request)
        except (UnreadableEventError, ClientDisconnect):
            _log.warning("webhook_unreadable", gateway=request.path_params["gateway"])
            return Response(status_code=400)
        return await self._stored(receipt) if receipt else Response(status_code=200)

    async def _stored(self, receipt: Receipt) -> Response:
        try:
            is_known = await self._store(receipt) is not None
        except DatabaseUnavailableError:
            self._receipts.take(receipt)
            return Response(status_code=503, headers={"Retry-After": "10"})
        if is_known:
            self._receipts.take(receipt)
        return Response(status_code=200)

    def _forged(self, request: Request) -> Response:
        # Once, and not for each try of a stranger.
        if self._forgeries[request.path_params["gateway"]].changes_to("forged"):
            _log.warning("webhook_forged", gateway=request.path_params["gateway"])
        return Response(status_code=403)


async def _read(request: Request) -> EventRequest:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_BODY:
            raise UnreadableEventError
    return EventRequest(
        {name.lower(): value for name, value in request.headers.items()},
        body,
        request.scope["query_string"].decode("latin-1"),  # whatever bytes a stranger sends
        request.path_params.get("secret", ""),
    )

"""Takes bounces from a relay that reports by HTTP: each is stored before the relay reads that it was taken."""

import hmac
import re
from collections.abc import Sequence
from typing import Annotated, Literal

import structlog
from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.config.errors import DatabaseUnavailableError
from activities.gateways.mail.return_path import ReturnPaths

PATH = "/recus/courriel"
_LARGEST_BODY = 64 * 1024
_MOST_EVENTS = 100
_MESSAGE_ID = re.compile(r"<?([0-9a-z_-]{1,64})(?:@[^<>@]*)?>?", re.ASCII)
_UNKNOWN = {"permanent": "5.0.0", "temporary": "4.0.0"}
_log = structlog.stdlib.get_logger(__name__)


class BounceEvent(BaseModel, frozen=True):
    """What a relay reports of one mail, named by its `Message-ID` or its return path; other keys are not read."""

    message_id: str = ""
    token: str = ""
    status: Annotated[str, Field(pattern=r"^([245]\.[0-7]\.\d{1,3})?$")] = ""
    severity: Annotated[Literal["permanent", "temporary"], Field(alias="class")]

    @property
    def report(self) -> BounceReport:
        """What it means."""
        kind = BounceKind.FINAL if self.severity == "permanent" else BounceKind.DELAYED
        return BounceReport(kind, self.status or _UNKNOWN[self.severity])


_EVENTS = TypeAdapter(
    Annotated[list[BounceEvent], Field(max_length=_MOST_EVENTS)] | BounceEvent  # several at once, or one
)


class BounceWebhook:
    """The route for a relay that knows the secret."""

    def __init__(self, secret: str, return_paths: ReturnPaths, inbox: BounceInbox) -> None:
        self._authorization = f"Bearer {secret}".encode()
        self._return_paths = return_paths
        self._inbox = inbox
        self.routes = [Route(PATH, self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        """Answer 200 once all is stored; 503 makes the relay report again; 403 without the secret, 400 for what is no event."""
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._authorization):
            return Response(status_code=403)
        try:
            events = _EVENTS.validate_json(await _body(request))
            noted = [self._noted(each) for each in (events if isinstance(events, list) else [events])]
        except (ValueError, ClientDisconnect):  # ValidationError is a ValueError
            _log.warning("bounce_event_unreadable")
            return Response(status_code=400)
        return await self._stored(noted)

    def _noted(self, event: BounceEvent) -> tuple[str, BounceReport]:
        found = _MESSAGE_ID.fullmatch(event.message_id)
        message_id = found[1] if found else self._return_paths.message_id(event.token)
        if message_id is None:
            raise ValueError("an event names no message of ours")
        return message_id, event.report

    async def _stored(self, noted: Sequence[tuple[str, BounceReport]]) -> Response:
        try:
            for message_id, report in noted:
                await self._inbox.note(message_id, report)
        except DatabaseUnavailableError:
            return Response(status_code=503, headers={"Retry-After": "10"})
        return Response(status_code=200)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_BODY:
            raise ValueError("an event is too large")
    return body

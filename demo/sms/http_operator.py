"""The demo's second SMS operator, by HTTP in the shapes of Brevo's interface: every number is a phone that is switched on."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from activities.gateways.base.webhook_server import WebhookServer
from demo.state.gateway_modes import Behaviour, GatewayModes
from demo.state.inbox import Inbox
from demo.state.pending import Pending, PendingItem
from demo.state.reachability import PortInUseError, keep_open
from demo.state.settings import API_KEY, EVENTS_TOKEN

_SEND = "/v3/transactionalSMS/send"
_EVENT_INTERVAL = 0.05  # seconds
_TIMEOUT = 2.0
_REFUSALS = {
    Behaviour.REFUSE: (400, "invalid_parameter", "telephone is not valid"),
    Behaviour.THROTTLE: (429, "too_many_requests", "rate limit exceeded"),
    # The port is closed a little later.
    Behaviour.DOWN: (503, "unavailable", "service unavailable"),
}


@dataclass(frozen=True)
class HttpPorts:
    """Where the operator listens, and the address that it reports to."""

    port: int
    events: str


class HttpOperator:
    """Listens on a port of this machine, and keeps pending events across restarts."""

    def __init__(self, inbox: Inbox, modes: GatewayModes, ports: HttpPorts, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._modes = modes
        self._ports = ports
        self._now = now
        self._events = Pending(inbox.path, "event")
        self._reporting = asyncio.Lock()
        self._routes = [Route(_SEND, self._send, methods=["POST"])]

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            PortInUseError: another program listens on the port.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_open(self._serve, lambda: self._modes.sms2().behaviour == Behaviour.DOWN))
            tasks.create_task(self._report_events())

    async def _serve(self) -> None:
        try:
            await WebhookServer(self._routes, "127.0.0.1", self._ports.port).run()
        except OSError:
            raise PortInUseError(self._ports.port) from None

    async def _send(self, request: Request) -> JSONResponse:
        """Take a message, or refuse it as the mode says; answers and codes are Brevo's."""
        if request.headers.get("api-key") != API_KEY:
            return JSONResponse({"code": "unauthorized", "message": "Key not found"}, 401)
        mode = self._modes.sms2()
        if mode.behaviour in _REFUSALS:
            status, code, message = _REFUSALS[mode.behaviour]
            return JSONResponse({"code": code, "message": message}, status)
        sent = json.loads(await request.body())
        number = uuid4().int % 10**16
        if mode.behaviour != Behaviour.UNDELIVERED:
            self._inbox.add("sms", f"+{sent['recipient']}", "", sent["content"])
        for event in _events_for(mode.behaviour, number, sent):
            self._events.put(self._now() + timedelta(seconds=mode.seconds), event)
        if mode.behaviour == Behaviour.EARLY:
            await self._report_due_events()
        return JSONResponse({"reference": uuid4().hex[:19], "messageId": number, "smsCount": 1}, 201)

    async def _report_events(self) -> None:
        while True:
            await self._report_due_events()
            await asyncio.sleep(_EVENT_INTERVAL)

    async def _report_due_events(self) -> None:
        async with self._reporting:
            due = self._events.due(self._now())
            if not due:
                return
            # Its address is on this machine, whatever proxy the environment names.
            async with httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
                for item in due:
                    # It stays pending, and is sent again, until it is taken. (Brevo itself drops it on a 5xx.)
                    with suppress(httpx2.HTTPError):
                        await self._report(client, item)

    async def _report(self, client: httpx2.AsyncClient, item: PendingItem) -> None:
        headers = {"Authorization": f"Bearer {EVENTS_TOKEN}"}
        answer = await client.post(self._ports.events, json=item.content, headers=headers)
        if answer.is_success:
            self._events.remove(item)


def _events_for(behaviour: Behaviour, number: int, sent: dict[str, str]) -> list[dict[str, str]]:
    """Return the events that follow a message, as the mode's behaviour says."""
    event = {"messageId": str(number), "to": sent["recipient"], "tag": sent.get("tag", "")}
    delivered = {**event, "msg_status": "delivered"}
    accepted = {**event, "msg_status": "accepted"}
    match behaviour:
        case Behaviour.SILENT:
            return []
        case Behaviour.TWICE:
            return [accepted, delivered, delivered]
        case Behaviour.UNKNOWN:
            return [{**delivered, "messageId": str(uuid4().int % 10**16)}, delivered]
        case Behaviour.UNDELIVERED:
            return [accepted, {**event, "msg_status": "hard_bounce", "error_code": "absent-subscriber"}]
        case _:
            return [accepted, delivered]

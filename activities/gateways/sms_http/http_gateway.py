"""Sends SMS by the HTTP interface of an operator, which a provider's file describes.

A message whose answer was lost is looked up, where the operator can find it by our id: at once, and before it is sent again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

import httpx2
import structlog

from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.base.rate_limiter import RateLimiter
from activities.gateways.base.tls import is_tls_fault
from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.sms_http.account import HttpAccount
from activities.gateways.sms_http.answer import LONGEST_ID, content_of, id_in, retry_after
from activities.gateways.sms_http.request import RequestWriter
from activities.gateways.sms_http.template import found_at

# The request has not left: nothing was taken.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_LONGEST_PAUSE = 300.0  # seconds, whatever the operator asks for
_LARGEST_ANSWER = 64 * 1024
_MOST_UNCERTAIN = 1_000  # ids that this process remembers
_log = structlog.stdlib.get_logger(__name__)


class HttpSmsGateway:
    """An operator's account; receipts come by its webhook (`webhook.py`)."""

    def __init__(
        self,
        account: HttpAccount,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = account.provider.name
        self._account = account
        self._requests = RequestWriter(account, now)
        self._rate = RateLimiter(account.messages_a_second)
        self._paused_until = 0.0
        self._paused_by = ""
        self._lookup = account.provider.lookup
        self._uncertain: deque[str] = deque(maxlen=_MOST_UNCERTAIN)
        connecting = account.connect_timeout
        timeout = httpx2.Timeout(account.answer_timeout, connect=connecting, write=connecting, pool=connecting)
        self._http = httpx2.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False)

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Return the operator's id once it has accepted the message, or is found to have.

        Raises:
            GatewayUnavailableError: no connection, no answer in time, an operator that asks us to wait, or a fault of
                its own or of our account. With `may_be_taken` the request had left, and the message was not found.
            GatewayRefusedError: the operator refuses this message.
        """
        answer_by = asyncio.get_running_loop().time() + self._account.send_timeout - self._account.lookup_timeout
        if message.message_id in self._uncertain and (found := await self._found(message)):
            return found
        try:
            return await self._submit(message, answer_by)
        except GatewayUnavailableError as error:
            if not error.may_be_taken or self._lookup is None:
                raise
            self._uncertain.append(message.message_id)
            if found := await self._found(message):
                return found
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _submit(self, message: SmsMessage, answer_by: float) -> tuple[str, ...]:
        await self._turn()
        response = await self._answered(self._requests.written(message), answer_by)
        self._pause_if_asked(response)
        return (id_in(response, self._account.provider.answer, self.name),)

    async def _found(self, message: SmsMessage) -> tuple[str, ...]:
        """Return the operator's id of a message that it has taken; empty when it does not say so in time."""
        if self._lookup is None:
            return ()
        try:
            async with asyncio.timeout(self._account.lookup_timeout):
                response = await self._read(self._requests.lookup(message, self._lookup))
        except (httpx2.HTTPError, TimeoutError):
            return ()
        if not response.is_success:
            _log.warning("sms_lookup_failed", gateway=self.name, status=response.status_code)
            return ()
        gateway_id = found_at(self._lookup.id, content_of(response))[:LONGEST_ID]
        return (gateway_id,) if gateway_id else ()

    async def _turn(self) -> None:
        if self._paused_until > asyncio.get_running_loop().time():
            raise GatewayUnavailableError(self.name, self._paused_by)
        try:
            await self._rate.turn(self._account.turn_wait)
        except TimeoutError:
            raise GatewayUnavailableError(self.name, "http-busy") from None

    async def _answered(self, request: httpx2.Request, answer_by: float) -> httpx2.Response:
        fault: GatewayUnavailableError
        longest = self._account.answer_timeout + 2 * self._account.connect_timeout
        try:
            async with asyncio.timeout_at(min(asyncio.get_running_loop().time() + longest, answer_by)):
                return await self._read(request)
        except _NOT_SENT as error:
            fault = GatewayUnavailableError(self.name, "http-tls" if is_tls_fault(error) else "http-connect")
        except (httpx2.TimeoutException, TimeoutError):
            fault = GatewayUnavailableError(self.name, "http-timeout", may_be_taken=True)
        except httpx2.HTTPError:
            fault = GatewayUnavailableError(self.name, "http-disconnected", may_be_taken=True)
        # Raised here, it has no context: the library's errors carry the request, with number and text.
        raise fault

    async def _read(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer with its body, of which no operator's is longer than some kilobytes."""
        response = await self._http.send(request, stream=True)
        try:
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _LARGEST_ANSWER:
                    break
        finally:
            await response.aclose()
        # The body is decoded already.
        headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
        return httpx2.Response(response.status_code, headers=headers, content=body)

    def _pause_if_asked(self, response: httpx2.Response) -> None:
        """Send nothing more for as long as the operator asks, whichever message is next."""
        seconds = min(retry_after(response), _LONGEST_PAUSE)
        if seconds and not response.is_success:
            self._paused_until = asyncio.get_running_loop().time() + seconds
            self._paused_by = f"http-{response.status_code}"

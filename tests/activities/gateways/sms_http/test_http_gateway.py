"""The HTTP gateway against recorded shapes of three providers, and an operator that misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms_http.http_gateway import HttpSmsGateway
from activities.gateways.sms_http.provider import ProviderFileError, load_provider
from tests.support.http_sms import NOW, SMS, UNICODE, VALUES, ScriptedOperator, account

# As the providers' references show them, with made-up values.
TAKEN: dict[str, tuple[int, dict[str, Any], str]] = {
    "brevo": (
        201,
        {"reference": "ab1cde2fgh3i4jklmno", "messageId": 1511882900176220, "smsCount": 1, "usedCredits": 0.7},
        "1511882900176220",
    ),
    "ovhcloud": (
        200,
        {"totalCreditsRemoved": 1, "invalidReceivers": [], "ids": [26929925], "validReceivers": [SMS.to]},
        "26929925",
    ),
    "twilio": (201, {"sid": "SM7c1", "status": "queued", "error_code": None, "to": SMS.to}, "SM7c1"),
}


def _answering(status: int, content: Any = None, **headers: str) -> ScriptedOperator:
    return ScriptedOperator(lambda: httpx2.Response(status, json=content or {}, headers=headers))


def _raising(error: Exception) -> ScriptedOperator:
    def fail() -> httpx2.Response:
        raise error

    return ScriptedOperator(fail)


@pytest.mark.parametrize("provider", TAKEN)
async def test_a_message_is_submitted_and_its_id_returned(provider: str) -> None:
    """The id is where the provider's file says; a number is returned as its digits."""
    status, content, gateway_id = TAKEN[provider]
    assert await _answering(status, content).gateway(provider).send(SMS) == (gateway_id,)


async def test_brevo_s_request() -> None:
    """JSON with the number's digits, the key in a header, and the alphabet as a boolean."""
    operator = _answering(*TAKEN["brevo"][:2])
    for message in (SMS, UNICODE):
        await operator.gateway("brevo").send(message)
    plain, unicode = operator.requests
    assert (plain.method, str(plain.url)) == ("POST", "https://api.brevo.com/v3/transactionalSMS/send")
    assert plain.headers["api-key"] == "xkeysib-1"
    assert json.loads(plain.content) == {
        "sender": "ELECTIONS",
        "recipient": "33639980001",
        "content": SMS.text,
        "type": "transactional",
        "tag": "link-1",
        "unicodeEnabled": False,
    }
    assert json.loads(unicode.content)["unicodeEnabled"] is True
    assert json.loads(unicode.content)["content"] == UNICODE.text


async def test_ovhcloud_s_request_is_signed_and_has_no_stop_clause() -> None:
    """The signature is the SHA-1 of secret, consumer, method, address, body and time."""
    operator = _answering(*TAKEN["ovhcloud"][:2])
    await operator.gateway("ovhcloud").send(UNICODE)
    [request] = operator.requests
    sent = json.loads(request.content)
    assert (sent["noStopClause"], sent["receivers"], sent["coding"]) == (True, [UNICODE.to], "8bit")
    assert request.headers["X-Ovh-Timestamp"] == str(int(NOW.timestamp()))
    url = "https://eu.api.ovh.com/1.0/sms/sms-ab12345-1/jobs"
    signed = f"secret-1+consumer-1+POST+{url}+{request.content.decode()}+{int(NOW.timestamp())}"
    assert request.headers["X-Ovh-Signature"] == f"$1${sha1(signed.encode(), usedforsecurity=False).hexdigest()}"


async def test_twilio_s_request() -> None:
    """A form with the address for its events, and name and password."""
    operator = _answering(*TAKEN["twilio"][:2])
    await operator.gateway("twilio").send(SMS)
    [request] = operator.requests
    assert parse_qs(request.content.decode()) == {
        "To": [SMS.to],
        "From": ["ELECTIONS"],
        "Body": [SMS.text],
        "StatusCallback": ["https://vote.exemple.fr/recus/sms/twilio"],
        "ValidityPeriod": ["3600"],
    }
    assert request.headers["Authorization"] == httpx2.BasicAuth("AC1", "token-1")._auth_header


@pytest.mark.parametrize(
    ("valid_for", "minutes", "seconds"),
    [
        (timedelta(minutes=90), 90, 5_400),
        (None, 2_880, 36_000),
        (timedelta(days=3), 2_880, 36_000),
        (timedelta(seconds=20), 1, 20),
    ],
)
async def test_the_operator_drops_a_message_when_it_is_of_no_use(
    valid_for: timedelta | None, minutes: int, seconds: int
) -> None:
    """In its own unit and within what it takes; one that is of use whenever it comes is tried for as long as possible."""
    asked = []
    for provider in ("ovhcloud", "twilio"):
        operator = _answering(*TAKEN[provider][:2])
        await operator.gateway(provider).send(replace(SMS, valid_for=valid_for))
        asked.append(operator.requests[0].content.decode())
    assert json.loads(asked[0])["validityPeriod"] == minutes
    assert parse_qs(asked[1])["ValidityPeriod"] == [str(seconds)]


@pytest.mark.parametrize(
    ("provider", "status", "content", "reason"),
    [
        ("brevo", 400, {"code": "invalid_parameter", "message": "telephone"}, "http-refused-invalid_parameter"),
        ("ovhcloud", 200, {"ids": [], "invalidReceivers": ["+3363"]}, "http-invalid"),
        ("twilio", 400, {"code": 21211, "message": "Invalid 'To' Phone Number"}, "http-refused-21211"),
        ("twilio", 422, None, "http-422"),
    ],
)
async def test_a_refusal_is_final(provider: str, status: int, content: Any, reason: str) -> None:
    """A code of the operator, else its status, is the reason; the text, which may have the number, is not."""
    with pytest.raises(GatewayRefusedError) as caught:
        await _answering(status, content).gateway(provider).send(SMS)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("provider", "status", "content", "reason", "may_be_taken"),
    [
        ("brevo", 402, {"code": "not_enough_credits"}, "http-402", False),
        ("brevo", 401, {"code": "unauthorized"}, "http-401", False),
        ("ovhcloud", 403, {"errorCode": "INVALID_CREDENTIAL"}, "http-403", False),
        ("twilio", 400, {"code": 21606}, "http-session-21606", False),
        ("twilio", 429, {"code": 20429}, "http-429", False),
        ("brevo", 503, None, "http-503", False),
        ("brevo", 500, None, "http-500", True),
        ("brevo", 502, {"code": "<script>"}, "http-502", True),
        ("brevo", 302, None, "http-session", False),
        ("brevo", 200, {"code": "not_enough_credits"}, "http-session-not_enough_credits", False),
        ("brevo", 201, {"reference": "ab1"}, "http-answer", True),
        ("ovhcloud", 200, {"ids": [], "invalidReceivers": []}, "http-answer", True),
    ],
)
async def test_what_passes_is_tried_again(
    provider: str, status: int, content: Any, reason: str, may_be_taken: bool
) -> None:
    """Faults of our account, too many messages, and faults of the operator, which may have taken the message first."""
    with pytest.raises(GatewayUnavailableError) as caught:
        await _answering(status, content).gateway(provider).send(SMS)
    assert (caught.value.reason, caught.value.may_be_taken) == (reason, may_be_taken)


async def test_a_page_in_the_place_of_an_answer_accepts_nothing() -> None:
    """A maintenance page has the status 200: whether the operator has the message is not known."""
    page = ScriptedOperator(lambda: httpx2.Response(200, html="<h1>Maintenance</h1>"))
    with pytest.raises(GatewayUnavailableError) as caught:
        await page.gateway("twilio").send(SMS)
    assert (caught.value.reason, caught.value.may_be_taken) == ("http-answer", True)


async def test_a_message_whose_answer_has_no_id_is_looked_up() -> None:
    """As one whose answer was lost."""
    operator = ScriptedOperator(
        lambda: httpx2.Response(200, json=[26929925] if operator.requests[-1].method == "GET" else {"ids": []})
    )
    assert await operator.gateway("ovhcloud").send(SMS) == ("26929925",)


@pytest.mark.parametrize(
    ("error", "reason", "may_be_taken"),
    [
        (httpx2.ConnectError("no +33639980001"), "http-connect", False),
        (httpx2.ConnectTimeout(""), "http-connect", False),
        (httpx2.PoolTimeout(""), "http-connect", False),
        (httpx2.ReadTimeout(""), "http-timeout", True),
        (httpx2.WriteTimeout(""), "http-timeout", True),
        (httpx2.RemoteProtocolError(""), "http-disconnected", True),
        (httpx2.ReadError(""), "http-disconnected", True),
    ],
)
async def test_a_request_that_has_left_may_have_been_taken(
    error: Exception, reason: str, may_be_taken: bool
) -> None:
    """One that has not left was not; the fault carries nothing of the library's error, which has the number."""
    with pytest.raises(GatewayUnavailableError) as caught:
        await _raising(error).gateway("brevo").send(SMS)
    fault = caught.value
    assert (fault.reason, fault.may_be_taken) == (reason, may_be_taken)
    assert (fault.__cause__, fault.__context__) == (None, None)


class _LosesAnswers:
    """An operator that takes messages, whose answers are lost; `listed` is what its list of messages has."""

    def __init__(self, listed: Any, status: int = 200) -> None:
        self.operator = ScriptedOperator(self._answer)
        self.listed, self.status = listed, status
        self.gateway = self.operator.gateway("ovhcloud")

    def _answer(self) -> httpx2.Response:
        if self.operator.requests[-1].method == "GET":
            return httpx2.Response(self.status, json=self.listed)
        raise httpx2.ReadTimeout("")

    @property
    def methods(self) -> list[str]:
        """The methods of the requests."""
        return [each.method for each in self.operator.requests]


async def test_a_message_whose_answer_was_lost_is_looked_up() -> None:
    """By the tag that it was given, in a request that is signed; the operator's id makes it accepted."""
    loses = _LosesAnswers([26929925])
    assert await loses.gateway.send(SMS) == ("26929925",)
    _, asked = loses.operator.requests
    url = "https://eu.api.ovh.com/1.0/sms/sms-ab12345-1/outgoing?tag=link-1"
    assert (asked.method, str(asked.url)) == ("GET", url)
    signed = f"secret-1+consumer-1+GET+{url}++{int(NOW.timestamp())}"
    assert asked.headers["X-Ovh-Signature"] == f"$1${sha1(signed.encode(), usedforsecurity=False).hexdigest()}"


@pytest.mark.parametrize(("listed", "status"), [([], 200), ({}, 200), ({"errorCode": "FORBIDDEN"}, 403)])
async def test_a_message_that_is_not_found_stays_uncertain(listed: Any, status: int) -> None:
    """It may not be listed yet, so that it is looked up again before it is sent again; another message is not."""
    loses = _LosesAnswers(listed, status)
    with pytest.raises(GatewayUnavailableError) as caught:
        await loses.gateway.send(SMS)
    assert (caught.value.reason, caught.value.may_be_taken) == ("http-timeout", True)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    loses.listed, loses.status = [26929925], 200
    assert await loses.gateway.send(SMS) == ("26929925",)
    assert loses.methods == ["POST", "GET", "GET"]
    assert await loses.gateway.send(UNICODE) == ("26929925",)
    assert loses.methods[3:] == ["POST", "GET"]


async def test_an_operator_that_asks_for_a_pause_gets_it() -> None:
    """After a 429 with `Retry-After`, the next messages are not even sent, and count as not taken."""
    operator = _answering(429, {"code": "too_many_requests"}, **{"Retry-After": "30"})
    gateway = operator.gateway("brevo")
    reasons = []
    for _ in range(3):
        with pytest.raises(GatewayUnavailableError) as caught:
            await gateway.send(SMS)
        reasons.append((caught.value.reason, caught.value.may_be_taken))
    assert reasons == [("http-429", False), ("http-429", False), ("http-429", False)]
    assert len(operator.requests) == 1


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    await asyncio.Event().wait()


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}")
    writer.close()


async def _stop_half_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}")
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{")
    await asyncio.Event().wait()


@asynccontextmanager
async def _served(serve: Serve, **changes: Any) -> AsyncIterator[HttpSmsGateway]:
    tasks: list[asyncio.Task[None]] = []

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        try:
            await serve(reader, writer)
        except (asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    short = replace(account("brevo"), url=f"http://127.0.0.1:{port}", **changes)
    gateway = HttpSmsGateway(short, lambda: NOW, httpx2.AsyncHTTPTransport())
    try:
        yield gateway
    finally:
        await gateway.close()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(
    ("serve", "within", "reason"),
    [
        (_hang, 0.2, "http-timeout"),
        (_hang_up, 10.0, "http-disconnected"),
        (_stop_half_way, 0.2, "http-timeout"),
    ],
)
async def test_an_operator_that_takes_a_message_and_says_nothing(serve: Serve, within: float, reason: str) -> None:
    """It hangs, hangs up or answers without an end: within the time that a try has, as a message that may have been taken."""
    async with _served(serve, answer_timeout=within) as gateway:
        with pytest.raises(GatewayUnavailableError) as caught:
            await gateway.send(SMS)
    assert (caught.value.reason, caught.value.may_be_taken) == (reason, True)


async def test_a_send_has_a_time_of_its_own() -> None:
    """Within it fall all the waits, and the lookup that may come after them."""
    async with _served(_hang, answer_timeout=3600.0, lookup_timeout=10.0, send_timeout=10.3) as gateway:
        with pytest.raises(GatewayUnavailableError) as caught:
            await gateway.send(SMS)
    assert (caught.value.reason, caught.value.may_be_taken) == ("http-timeout", True)


def test_a_value_that_the_account_lacks_is_named() -> None:
    """At start, and not with the first message."""
    with pytest.raises(ProviderFileError, match="`events_token` is missing, which brevo needs"):
        replace(account("brevo"), values={"api_key": "x"})
    assert "xkeysib-1" not in repr(account("brevo"))
    assert set(VALUES) == {"brevo", "ovhcloud", "twilio"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = 3", "`name`"),
        ("= broken", "Invalid"),
        ('name = "Ovh"', "`name`"),
    ],
)
def test_a_wrong_provider_file_is_told_in_one_line(tmp_path: Any, text: str, fault: str) -> None:
    """The line has the file and the key; an unknown name has the list of those that ship."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ProviderFileError) as caught:
        load_provider(str(path))
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)
    with pytest.raises(ProviderFileError, match="neither a file nor one of brevo, ovhcloud, twilio"):
        load_provider("nexmo")

"""What operators report by HTTP: authenticated, stored before the 200, matched as SMPP's receipts are."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha1
from urllib.parse import urlencode

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.types import Message

from activities.config.errors import DatabaseUnavailableError
from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.receipt_queue import ReceiptQueue
from activities.gateways.sms_http.account import PATH
from activities.gateways.sms_http.event import EventReader
from activities.gateways.sms_http.webhook import Webhook
from activities.sending.ledger import Ledger, Outgoing
from tests.support.clock import Clock
from tests.support.http_sms import account
from tests.support.waiting import until

SENT = Outgoing("link-1", "code-de-vote/1", "link", "sms", "brevo", "FR")


@dataclass
class Reported:
    """A webhook of the three providers on a real ledger; `told` are the receipts that recoveries are told of."""

    ledger: Ledger
    now: Clock
    told: list[Receipt] = field(default_factory=list)
    is_away: bool = False

    def __post_init__(self) -> None:
        readers = {name: EventReader(account(name), self.now) for name in ("brevo", "ovhcloud", "twilio")}
        self.queue = ReceiptQueue(self._tell, waits=(0.0,))
        self.app = Starlette(routes=Webhook(readers, self._store, self.queue).routes)

    async def post(self, path: str, content: bytes = b"", **headers: str) -> int:
        """Post a request, and return the status."""
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.post(path, content=content, headers=headers)
        return answer.status_code

    async def brevo(self, gateway_id: str, status: str = "delivered", **more: str) -> int:
        """Post an event as Brevo does."""
        event = {"id": 1, "messageId": int(gateway_id), "msg_status": status, "to": "33639980001", **more}
        return await self.post(f"{PATH}/brevo", json.dumps(event).encode(), authorization="Bearer events-1")

    async def _store(self, receipt: Receipt) -> str | None:
        if self.is_away:
            raise DatabaseUnavailableError
        return await self.ledger.received(receipt)

    async def _tell(self, receipt: Receipt) -> None:
        self.told.append(receipt)


@pytest_asyncio.fixture
async def reported(ledger: Ledger, now: Clock) -> AsyncIterator[Reported]:
    """A webhook, and a message whose id at the operator is 4711."""
    await ledger.begin(SENT)
    await ledger.accepted(SENT, ("4711",))
    reported = Reported(ledger, now)
    yield reported
    await reported.queue.finish()


async def test_a_delivery_is_stored_before_the_answer(reported: Reported, ledger: Ledger) -> None:
    """Then the recovery is told. A repetition, and a failure after it, change nothing."""
    assert await reported.brevo("4711", "accepted") == 200
    assert await ledger.unreported() == []
    assert await reported.brevo("4711") == 200
    [outcome] = await ledger.unreported()
    assert (outcome.message_id, outcome.delivered) == ("link-1", True)
    await until(lambda: reported.told)
    assert await reported.brevo("4711") == 200
    assert await reported.brevo("4711", "hard_bounce") == 200
    assert await ledger.unreported() == [outcome]


async def test_a_failure_has_the_operator_s_cause(reported: Reported, ledger: Ledger) -> None:
    """It is the reason that operators and voters are told, by their own words."""
    assert await reported.brevo("4711", "hard_bounce", error_code="absent") == 200
    [outcome] = await ledger.unreported()
    assert (outcome.delivered, outcome.reason) == (False, "http-hardbounce-absent")


@pytest.mark.parametrize(("minutes", "known"), [(0, True), (6, False)])
async def test_an_unknown_id_waits_for_its_message(
    reported: Reported, ledger: Ledger, now: Clock, minutes: int, known: bool
) -> None:
    """The event may overtake the answer to the submit, by hours in an outage; one from before the first try is another's."""
    assert await reported.brevo("815") == 200
    assert reported.told == []
    now.advance(timedelta(minutes=minutes))
    other = Outgoing("link-2", "code-de-vote/1", "link", "sms", "brevo", "FR")
    await ledger.begin(other)
    now.advance(timedelta(hours=2))
    await ledger.accepted(other, ("815",))
    assert [each.message_id for each in await ledger.unreported()] == ["link-2"] * known


async def test_an_event_that_cannot_be_stored_is_asked_for_again(reported: Reported) -> None:
    """And kept meanwhile, since some operators report once only."""
    reported.is_away = True
    assert await reported.brevo("4711") == 503
    await until(lambda: reported.told)


_TWILIO = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+33639980001"}


def _signature(parameters: dict[str, str], key: str = "token-1") -> str:
    url = f"https://vote.exemple.fr{PATH}/twilio"
    signed = url + "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.digest(key.encode(), signed.encode(), sha1)).decode()


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (_signature(_TWILIO), 200),
        (_signature(_TWILIO, "other"), 403),
        (_signature({"MessageSid": "SM2"}), 403),
        ("", 403),
    ],
)
async def test_twilio_s_signature_is_of_address_and_parameters(
    reported: Reported, signature: str, status: int
) -> None:
    """Behind a proxy too: the address is the public one."""
    form = urlencode(_TWILIO).encode()
    assert await reported.post(f"{PATH}/twilio", form, **{"x-twilio-signature": signature}) == status


async def test_an_address_of_any_bytes_is_refused(reported: Reported) -> None:
    """As one that is not the operator's, and not as a fault of ours."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{PATH}/ovhcloud/x",
        "headers": [],
        "query_string": b"id=\xff",
    }
    await reported.app(scope, receive, send)
    assert sent[0]["status"] == 403


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("ovhcloud/events-1?id=26929925&ptt=1005&dlr=2", {}, 200),
        ("ovhcloud/events-2?id=26929925&ptt=1005&dlr=2", {}, 403),
        ("ovhcloud?id=26929925&ptt=1005&dlr=2", {}, 403),
        ("ovhcloud/events-1?ptt=1005", {}, 400),
        ("brevo", {"authorization": "Bearer other"}, 403),
        ("brevo", {"authorization": "Bearer "}, 403),
        ("brevo", {}, 403),
        ("brevo", {"authorization": "Bearer events-1"}, 400),
        ("other", {"authorization": "Bearer events-1"}, 404),
    ],
)
async def test_a_stranger_s_report_is_refused(
    reported: Reported, ledger: Ledger, path: str, headers: dict[str, str], status: int
) -> None:
    """By token, or by the secret at the end of the address; nothing of it is stored."""
    assert await reported.post(f"{PATH}/{path}", b"[" * 2000, **headers) == status
    assert await ledger.unreported() == []


async def test_the_address_for_the_operator_ends_in_its_secret() -> None:
    """Only where the operator signs nothing."""
    addresses = [EventReader(account(name), Clock()).address for name in ("ovhcloud", "brevo")]
    assert addresses == [
        "https://vote.exemple.fr/recus/sms/ovhcloud/events-1",
        "https://vote.exemple.fr/recus/sms/brevo",
    ]

"""A failed send raises an error with a code, which says whether to retry, and never has the contact."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from activities.config.errors import DatabaseUnavailableError
from activities.config.logs import scrubbed
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.security.vault import Vault, key_id
from activities.sending.messaging import Messaging
from activities.store.database import Database
from activities.store.tables import journal, messages
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import ReceiptListener
from tests.support.sealed_contacts import MAILBOX, PHONE, WORK_MAILBOX, SealedMessages

Send = Callable[[], Awaitable[object]]


@pytest.fixture
def sealed_messages(vault: Vault, now: Clock, recovery: WorkflowHandle[ReceiptListener, None]) -> SealedMessages:
    """Messages of a recovery that collects receipts."""
    return SealedMessages(vault, now, recovery.id)


@pytest_asyncio.fixture(params=["sms", "email", "notice"])
async def send(request: pytest.FixtureRequest, messaging: Messaging, sealed_messages: SealedMessages) -> Send:
    """A function that sends an SMS, a mail or a notice; each call is another run of the activity."""
    if request.param == "notice":
        notice = await sealed_messages.notice()
        return lambda: messaging.send_notice(notice)
    message = await sealed_messages.link(Channel(request.param))
    return lambda: messaging.send_link(message)


def _set_mode(mode: GatewayMode, *gateways: RecordingMail | RecordingSms) -> None:
    for gateway in gateways:
        gateway.mode = mode


async def _fault(send: Send) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await send()
    return caught.value


@pytest.mark.parametrize(
    ("mode", "kind", "reason", "final"),
    [
        (GatewayMode.REFUSE, "GatewayRefusedError", "recording-refused", True),
        (GatewayMode.DOWN, "GatewayUnavailableError", "recording-down", False),
    ],
)
async def test_a_gateway_s_error_has_only_its_code(
    send: Send, sms: RecordingSms, mail: RecordingMail, mode: GatewayMode, kind: str, reason: str, final: bool
) -> None:
    """A refusal is not retried, an outage is; the failure in Temporal's history has no contact."""
    _set_mode(mode, sms, mail)
    fault = await _fault(send)
    assert (fault.type, fault.message, fault.non_retryable, fault.details) == (kind, reason, final, ())
    failure = Failure()
    await pydantic_data_converter.encode_failure(fault, failure)
    kept = failure.SerializeToString().decode("utf-8", "replace")
    assert reason in kept
    assert not [contact for contact in (PHONE, MAILBOX, WORK_MAILBOX) if contact in kept]
    assert scrubbed(kept) == kept


@pytest.mark.parametrize("send", ["sms", "email"], indirect=True)
async def test_an_acceptance_is_recorded_after_a_database_outage(
    send: Send, sms: RecordingSms, mail: RecordingMail, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the database fails just after the gateway accepted, the activity waits for it and does not send again."""
    writing, tries = database.writing, iter([DatabaseUnavailableError, DatabaseUnavailableError])

    def unavailable_at_first() -> AbstractAsyncContextManager[AsyncConnection]:
        if (sms.sent or mail.sent) and (fault := next(tries, None)):
            raise fault
        return writing()

    monkeypatch.setattr(database, "writing", unavailable_at_first)
    monkeypatch.setattr("activities.sending.ledger._RETRY_AFTER", 0)
    await send()
    await send()
    assert len(sms.sent) + len(mail.sent) == 1
    assert [row["accepted_at"] is not None for row in await rows(database, messages)] == [True]


async def test_an_outage_that_is_longer_than_an_activity_sends_nothing_twice(
    send: Send, sms: RecordingSms, mail: RecordingMail, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that is cancelled after the acceptance goes on noting it, and the next one waits for that."""
    writing, outage = database.writing, asyncio.Event()

    def unavailable() -> AbstractAsyncContextManager[AsyncConnection]:
        if (sms.sent or mail.sent) and not outage.is_set():
            tried.set()
            raise DatabaseUnavailableError
        return writing()

    tried = asyncio.Event()
    monkeypatch.setattr(database, "writing", unavailable)
    monkeypatch.setattr("activities.sending.ledger._RETRY_AFTER", 0)
    first = asyncio.ensure_future(send())
    await tried.wait()
    for attempt in (first, asyncio.ensure_future(send())):
        await asyncio.sleep(0)  # it begins
        attempt.cancel()
        await asyncio.wait([attempt])
        assert attempt.cancelled()
    third = asyncio.ensure_future(send())
    outage.set()
    await third
    await send()
    assert len(sms.sent) + len(mail.sent) == 1
    assert [row["accepted_at"] is not None for row in await rows(database, messages)] == [True]


async def test_a_message_is_sent_once_after_a_gateway_outage(
    send: Send, sms: RecordingSms, mail: RecordingMail
) -> None:
    """After two failures it is sent once, with the same id at each attempt."""
    _set_mode(GatewayMode.DOWN, sms, mail)
    for _ in range(2):
        await _fault(send)
    _set_mode(GatewayMode.OK, sms, mail)
    await send()
    assert len([*sms.sent, *mail.sent]) == 1
    assert len({each.message_id for each in sms.tried} | {each.message_id for each in mail.tried}) == 1


@pytest.mark.parametrize("mode", [GatewayMode.REFUSE, GatewayMode.DOWN, GatewayMode.OK])
async def test_every_send_is_recorded_with_country_or_mail_domain(
    send: Send, sms: RecordingSms, mail: RecordingMail, database: Database, mode: GatewayMode
) -> None:
    """Ledger and journal have the same country_or_domain and the outcome, whether or not the gateway accepted."""
    _set_mode(mode, sms, mail)
    with suppress(ApplicationError):
        await send()
    [message] = await rows(database, messages)
    [entry] = await rows(database, journal)
    assert message["country_or_domain"] == entry["detail"]
    assert message["country_or_domain"] in {"RE", "exemple.fr", "ac-lyon.fr"}
    outcomes = {
        GatewayMode.REFUSE: "recording-refused",
        GatewayMode.DOWN: "recording-down",
        GatewayMode.OK: "accepted",
    }
    assert entry["outcome"] == outcomes[mode]
    events = {GatewayMode.REFUSE: "refused", GatewayMode.DOWN: "postponed", GatewayMode.OK: "accepted"}
    assert entry["event"] == f"message:send:{events[mode]}"


async def test_a_destroyed_key_is_a_permanent_failure(
    send: Send, vault: Vault, database: Database, sms: RecordingSms, mail: RecordingMail
) -> None:
    """The envelope cannot be opened by a retry either; nothing is passed to a gateway."""
    async with database.writing() as connection:
        await vault.destroy(connection, [key_id("request", "contact"), key_id("link", "notice")])
    fault = await _fault(send)
    assert (fault.type, fault.message, fault.non_retryable) == ("EnvelopeError", "envelope-closed", True)
    assert [row["outcome"] for row in await rows(database, messages)] == ["envelope-closed"]
    assert [*sms.tried, *mail.tried] == []


@pytest.mark.parametrize("channel", list(Channel))
async def test_another_recovery_s_envelope_is_refused(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    vault: Vault,
    channel: Channel,
    sms: RecordingSms,
    mail: RecordingMail,
) -> None:
    """Nothing is sent to a contact that was copied from another recovery's history."""
    theirs = await SealedMessages(vault, sealed_messages.now, "code-de-vote/theirs").link(channel)
    moved = type(theirs)(**{**vars(theirs), "workflow_id": sealed_messages.workflow_id})
    with pytest.raises(ApplicationError, match="envelope-closed"):
        await messaging.send_link(moved)
    assert [*sms.tried, *mail.tried] == []

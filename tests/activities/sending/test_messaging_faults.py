"""A failed send reports a code and whether to retry, never the destination."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from activities.config.faults import DatabaseUnavailableError
from activities.config.logs import scrubbed
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.security.vault import Vault, key_id
from activities.sending.messaging import Messaging
from activities.store.database import Database
from activities.store.tables import journal, messages
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import Listening
from tests.support.sealed_contacts import MAILBOX, PHONE, WORK_MAILBOX, Envelopes

Send = Callable[[], Awaitable[object]]


@pytest.fixture
def envelopes(vault: Vault, now: Clock, recovery: WorkflowHandle[Listening, None]) -> Envelopes:
    """The orders of a recovery that listens to signals."""
    return Envelopes(vault, now, recovery.id)


@pytest_asyncio.fixture(params=["sms", "email", "notice"])
async def send(request: pytest.FixtureRequest, messaging: Messaging, envelopes: Envelopes) -> Send:
    """A send of each kind, which a test can run repeatedly."""
    if request.param == "notice":
        notice = await envelopes.notice()
        return lambda: messaging.send_notice(notice)
    message = await envelopes.link(Channel(request.param))
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
async def test_a_gateway_s_failure_is_reported_by_its_code(
    send: Send, sms: RecordingSms, mail: RecordingMail, mode: GatewayMode, kind: str, reason: str, final: bool
) -> None:
    """A refusal is final, an outage is retried; Temporal's history gets the code and no contact."""
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
async def test_an_acceptance_is_recorded_when_the_database_is_back(
    send: Send, sms: RecordingSms, mail: RecordingMail, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The send waits for the database, and is not made again."""
    writing, tries = database.writing, iter([DatabaseUnavailableError, DatabaseUnavailableError])

    def away_at_first() -> AbstractAsyncContextManager[AsyncConnection]:
        if (sms.sent or mail.sent) and (fault := next(tries, None)):
            raise fault
        return writing()

    monkeypatch.setattr(database, "writing", away_at_first)
    monkeypatch.setattr("activities.sending.ledger._RETRY_AFTER", 0)
    await send()
    await send()
    assert len(sms.sent) + len(mail.sent) == 1
    assert [row["accepted_at"] is not None for row in await rows(database, messages)] == [True]


async def test_a_send_succeeds_when_the_gateway_is_back(
    send: Send, sms: RecordingSms, mail: RecordingMail
) -> None:
    """Down twice, then up: one message, with the same id at each attempt."""
    _set_mode(GatewayMode.DOWN, sms, mail)
    for _ in range(2):
        await _fault(send)
    _set_mode(GatewayMode.OK, sms, mail)
    await send()
    assert len([*sms.sent, *mail.sent]) == 1
    assert len({each.message_id for each in sms.tried} | {each.message_id for each in mail.tried}) == 1


@pytest.mark.parametrize("mode", [GatewayMode.REFUSE, GatewayMode.DOWN, GatewayMode.OK])
async def test_the_ledger_stores_country_or_mail_domain(
    send: Send, sms: RecordingSms, mail: RecordingMail, database: Database, mode: GatewayMode
) -> None:
    """Accepted or not; the journal has the same, and neither has the contact."""
    _set_mode(mode, sms, mail)
    with suppress(ApplicationError):
        await send()
    [message] = await rows(database, messages)
    [entry] = await rows(database, journal)
    assert message["area"] == entry["detail"]
    assert message["area"] in {"RE", "exemple.fr", "ac-lyon.fr"}
    outcomes = {
        GatewayMode.REFUSE: "recording-refused",
        GatewayMode.DOWN: "recording-down",
        GatewayMode.OK: "accepted",
    }
    assert entry["outcome"] == outcomes[mode]
    events = {GatewayMode.REFUSE: "refused", GatewayMode.DOWN: "postponed", GatewayMode.OK: "accepted"}
    assert entry["event"] == f"message:send:{events[mode]}"


async def test_an_envelope_that_is_closed_is_final(
    send: Send, vault: Vault, database: Database, sms: RecordingSms, mail: RecordingMail
) -> None:
    """When its key is destroyed no retry can open it, and no gateway gets anything."""
    async with database.writing() as connection:
        await vault.destroy(connection, [key_id("request", "contact"), key_id("link", "notice")])
    fault = await _fault(send)
    assert (fault.type, fault.message, fault.non_retryable) == ("EnvelopeError", "envelope-closed", True)
    assert [row["outcome"] for row in await rows(database, messages)] == ["envelope-closed"]
    assert [*sms.tried, *mail.tried] == []


@pytest.mark.parametrize("channel", list(Channel))
async def test_an_envelope_that_was_moved_is_closed(
    messaging: Messaging,
    envelopes: Envelopes,
    vault: Vault,
    channel: Channel,
    sms: RecordingSms,
    mail: RecordingMail,
) -> None:
    """A contact copied from another recovery's history is not used."""
    theirs = await Envelopes(vault, envelopes.now, "voting-code/theirs").link(channel)
    moved = type(theirs)(**{**vars(theirs), "workflow_id": envelopes.workflow_id})
    with pytest.raises(ApplicationError, match="envelope-closed"):
        await messaging.send_link(moved)
    assert [*sms.tried, *mail.tried] == []

"""Messages are sent once each, and say what the voter needs; their envelopes are opened only here."""

import pytest
from temporalio.client import WorkflowHandle

from activities.gateways.recording import RecordingMail, RecordingSms
from activities.gateways.sms import gsm
from activities.gateways.sms.gateway import Receipt
from activities.recoveries.links import Links
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.sending.ledger import Ledger
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import Messaging
from activities.sending.receipts import DeliveryReceipt, Receipts
from activities.store.database import Database
from activities.store.tables import messages, vault_keys
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.receipt_listener import Listening
from tests.support.sealed_contacts import MAILBOX, PHONE, WORK_MAILBOX, Envelopes


@pytest.fixture
def envelopes(vault: Vault, now: Clock, recovery: WorkflowHandle[Listening, None]) -> Envelopes:
    """The orders of a recovery that listens to signals."""
    return Envelopes(vault, now, recovery.id)


async def test_an_sms_carries_the_link_in_one_segment(
    messaging: Messaging, envelopes: Envelopes, sms: RecordingSms, links: Links, now: Clock
) -> None:
    """To the sealed number: the link, the ten minutes, and the same id at every attempt."""
    assert await messaging.send_link(await envelopes.link()) == Acceptance("recording-sms", now())
    [sent] = sms.sent
    assert (sent.to, sent.message_id) == (PHONE, "link-1")
    assert links.address(envelopes.workflow_id, "link") in sent.text.splitlines()
    assert "10 min" in sent.text
    assert len(gsm.encode(sent.text, 0).segments) == 1


async def test_a_mail_carries_the_link_and_until_when(
    messaging: Messaging, envelopes: Envelopes, mail: RecordingMail, links: Links, now: Clock
) -> None:
    """To the personal address: the link in text and HTML, and when it expires in Paris time."""
    accepted = await messaging.send_link(await envelopes.link(Channel.EMAIL))
    assert accepted == Acceptance("recording-mail", now())
    [sent] = mail.sent
    assert (sent.to, sent.message_id) == (MAILBOX, "link-1")
    assert "nouveau code de vote" in sent.subject
    for body in (sent.text, sent.html):
        assert links.address(envelopes.workflow_id, "link") in body
        assert "vendredi 4 décembre 2026 à 10\u00a0h (heure de Paris)" in body


@pytest.mark.parametrize(("channel", "words"), [(Channel.SMS, "par SMS"), (Channel.EMAIL, "par e-mail personnel")])
async def test_the_notice_contains_no_secret(
    messaging: Messaging, envelopes: Envelopes, mail: RecordingMail, links: Links, channel: Channel, words: str
) -> None:
    """When it happened, and on which channel the link went; neither the link nor the destination."""
    await messaging.send_notice(await envelopes.notice(channel))
    [sent] = mail.sent
    assert (sent.to, sent.message_id) == (WORK_MAILBOX, "link-avis")
    assert "a été remplacé" in sent.subject
    for body in (sent.text, sent.html):
        assert "jeudi 3 décembre 2026 à 10\u00a0h (heure de Paris)" in body
        assert words in body
        assert not [
            secret for secret in (links.token(envelopes.workflow_id, "link"), PHONE, MAILBOX) if secret in body
        ]


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_link_send_that_is_run_again_sends_nothing(
    messaging: Messaging,
    envelopes: Envelopes,
    sms: RecordingSms,
    mail: RecordingMail,
    channel: Channel,
    now: Clock,
) -> None:
    """It returns the first acceptance."""
    order = await envelopes.link(channel)
    first = await messaging.send_link(order)
    now.instant = now().replace(hour=12)
    assert await messaging.send_link(order) == first
    assert len([*sms.tried, *mail.tried]) == 1


async def test_a_notice_send_that_is_run_again_sends_nothing(
    messaging: Messaging, envelopes: Envelopes, mail: RecordingMail
) -> None:
    """Also when the envelope can no longer be opened."""
    order = await envelopes.notice()
    assert await messaging.send_notice(order) == await messaging.send_notice(order)
    assert len(mail.tried) == 1


async def test_another_try_is_another_message_with_the_same_link(
    messaging: Messaging, envelopes: Envelopes, sms: RecordingSms
) -> None:
    """An operator's retry has an id of its own, and the link that the voter expects."""
    for number in (1, 2):
        await messaging.send_link(await envelopes.link(number=number))
    assert [each.message_id for each in sms.sent] == ["link-1", "link-2"]
    assert len({each.text for each in sms.sent}) == 1


async def test_a_notice_s_address_is_unreadable_once_it_was_sent(
    messaging: Messaging, envelopes: Envelopes, vault: Vault, database: Database
) -> None:
    """Its key is destroyed, also by a second run."""
    order = await envelopes.notice()
    await messaging.send_notice(order)
    with pytest.raises(EnvelopeError):
        await vault.unseal(order.workflow_id, order.link_id, "notice", order.address)
    await envelopes.notice()
    await messaging.send_notice(order)
    assert await rows(database, vault_keys) == []


async def test_the_contact_stays_readable_for_another_send(
    messaging: Messaging, envelopes: Envelopes, database: Database
) -> None:
    """A link can be sent again until the recovery ends, so a send destroys nothing of it."""
    await messaging.send_link(await envelopes.link())
    assert {row["id"] for row in await rows(database, vault_keys)} == {key_id("request", "contact")}


async def test_the_database_never_has_the_contact(
    messaging: Messaging, envelopes: Envelopes, links: Links, database: Database
) -> None:
    """Neither number, addresses nor the link's token: the ledger stores ids."""
    await messaging.send_link(await envelopes.link())
    await messaging.send_link(await envelopes.link(Channel.EMAIL, number=2))
    await messaging.send_notice(await envelopes.notice())
    dump = await text_of(database)
    assert len(await rows(database, messages)) == 3
    assert not [
        each for each in (PHONE[4:], "camille", links.token(envelopes.workflow_id, "link")) if each in dump
    ]


async def test_a_receipt_before_the_gateway_s_answer_is_reported(
    messaging: Messaging,
    envelopes: Envelopes,
    receipts: Receipts,
    recovery: WorkflowHandle[Listening, None],
    now: Clock,
) -> None:
    """The phone can receive the SMS before its gateway answers the send."""
    await receipts.receive(Receipt("recording-sms", "link-1-1", delivered=True, reason="", at=now()))
    await messaging.send_link(await envelopes.link())
    assert await recovery.query(Listening.told) == [DeliveryReceipt("link-1", delivered=True)]


async def test_an_early_receipt_is_reported_also_when_the_send_is_run_again(
    messaging: Messaging,
    envelopes: Envelopes,
    ledger: Ledger,
    recovery: WorkflowHandle[Listening, None],
    now: Clock,
) -> None:
    """When a run died between the gateway's answer and the report, the next run reports."""
    order = await envelopes.link()
    await messaging.send_link(order)
    await ledger.received(Receipt("recording-sms", "link-1-1", delivered=True, reason="", at=now()))
    await messaging.send_link(order)
    assert await recovery.query(Listening.told) == [DeliveryReceipt("link-1", delivered=True)]


async def test_a_phone_s_receipt_comes_back_to_its_recovery(
    messaging: Messaging, envelopes: Envelopes, sms: RecordingSms, recovery: WorkflowHandle[Listening, None]
) -> None:
    """From the gateway through the ledger to the workflow: failed, and why."""
    await messaging.send_link(await envelopes.link())
    await sms.fail("link-1-1", "recording-undelivered")
    told = await recovery.query(Listening.told)
    assert told == [DeliveryReceipt("link-1", delivered=False, reason="recording-undelivered")]

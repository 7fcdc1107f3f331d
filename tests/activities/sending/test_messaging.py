"""Links and notices are sent once, with the right content, and contacts stay secret."""

from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import WorkflowHandle

from activities.gateways.recording import RecordingMail, RecordingSms
from activities.gateways.sms import gsm
from activities.gateways.sms.gateway import Receipt
from activities.recoveries.links import Links
from activities.recoveries.notices import NoticeKind
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.sending.ledger import Ledger
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import Messaging
from activities.sending.receipts import DeliveryReceipt, Receipts
from activities.store.database import Database
from activities.store.tables import messages, vault_keys
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.receipt_listener import ReceiptListener
from tests.support.sealed_contacts import MAILBOX, PHONE, WORK_MAILBOX, SealedMessages
from tests.support.signing import KEYS, MESSAGING, signed


@pytest.fixture
def sealed_messages(vault: Vault, now: Clock, recovery: WorkflowHandle[ReceiptListener, None]) -> SealedMessages:
    """Messages of a recovery that collects receipts."""
    return SealedMessages(vault, now, recovery.id)


async def test_an_sms_has_the_link_in_one_segment(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    sms: RecordingSms,
    links: Links,
    now: Clock,
    election: Election,
) -> None:
    """It goes to the sealed number, with the link, its lifetime and the message's id; the operator drops it with the link's end."""
    message = await sealed_messages.link()
    accepted = await messaging.send_link(message)
    assert accepted == signed(Acceptance("recording-sms", now()), message.workflow_id, "link-1")
    assert accepted.is_genuine(KEYS.messaging, message.workflow_id, message.message_id)
    assert not accepted.is_genuine(KEYS.messaging, message.workflow_id, "link-2")
    [sent] = sms.sent
    assert (sent.to, sent.message_id) == (PHONE, "link-1")
    assert links.address(sealed_messages.workflow_id, "link") in sent.text.splitlines()
    assert "10 min" in sent.text
    assert sent.valid_for == election.links.sms_max_lifetime
    assert len(gsm.encode(sent.text, 0).segments) == 1


@pytest.mark.parametrize(("left", "minutes"), [(600, 10), (599, 9), (240, 4), (59, 1), (-1, 1)])
async def test_an_sms_shortly_before_the_last_deadline_has_the_minutes_that_are_left(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    sms: RecordingSms,
    election: Election,
    now: Clock,
    left: int,
    minutes: int,
) -> None:
    """Its link dies then; less than a minute is never told as none."""
    message = await sealed_messages.link()
    now.instant = election.calendar.links_expire - timedelta(seconds=left)
    await messaging.send_link(message)
    assert f", {minutes} min" in sms.sent[0].text


async def test_a_message_is_in_the_language_that_the_voter_had_chosen(
    messaging: Messaging, sealed_messages: SealedMessages, sms: RecordingSms, mail: RecordingMail
) -> None:
    """Its SMS fits one segment too; a language of another release is answered in French."""
    by_sms, by_mail = await sealed_messages.link(), await sealed_messages.link(Channel.EMAIL, number=2)
    await messaging.send_link(replace(by_sms, language="en"))
    await messaging.send_link(replace(by_mail, language="en"))
    await messaging.send_link(replace(by_sms, send_number=3, language="tlh"))
    in_english, in_french = sms.sent
    assert "Voting code. One-time link, 10 min" in in_english.text
    assert len(gsm.encode(in_english.text, 0).segments) == 1
    assert "Lien à usage unique" in in_french.text
    [letter] = mail.sent
    assert letter.subject.startswith("Your link to get a new voting code – ")
    assert '<html lang="en">' in letter.html
    assert letter.languages == ("en",)
    for body in (letter.text, letter.html):
        assert "Friday 4 December 2026 at 10:00 (Paris time)" in body


async def test_a_notice_is_in_french_and_below_in_the_language_that_was_asked_for(
    messaging: Messaging, sealed_messages: SealedMessages, mail: RecordingMail
) -> None:
    """With its date in both; whoever asked may be somebody else, so that the owner reads it in French."""
    await messaging.send_notice(replace(await sealed_messages.notice(), language="en"))
    [sent] = mail.sent
    assert sent.subject.startswith("Votre code de vote a été remplacé – ")
    for body in (sent.text, sent.html):
        french, english = body.split("Ce message est envoyé automatiquement.", 1)
        assert "jeudi 3 décembre 2026 à 10\u00a0h (heure de Paris)" in french
        assert "Thursday 3 December 2026 at 10:00 (Paris time)" in english
        assert "sent by SMS. The old code no longer works." in english


@pytest.mark.parametrize(
    ("procedure", "subject"),
    [
        (Procedure.PASSWORD, "Votre lien pour choisir un nouveau mot de passe – "),
        (Procedure.IDENTIFIER_AND_PASSWORD, "Courriel 1/2\u00a0: votre lien pour obtenir "),
    ],
)
async def test_a_link_to_the_work_mailbox_is_in_french_and_below_in_the_language_that_was_asked_for(
    messaging: Messaging, vault: Vault, now: Clock, mail: RecordingMail, procedure: Procedure, subject: str
) -> None:
    """Anybody may ask for one in somebody's name, in a language that its owner does not read."""
    order = await SealedMessages(vault, now, workflow_id_of(procedure, "1" * 26)).link(Channel.EMAIL)
    await messaging.send_link(replace(order, language="en"))
    await messaging.send_link(replace(order, send_number=2))
    both, french_alone = mail.sent
    assert (both.languages, french_alone.languages) == (("fr", "en"), ("fr",))
    assert both.subject.startswith(subject)
    for body in (both.text, both.html):
        french, english = body.split("Ce message est envoyé automatiquement.", 1)
        assert "vendredi 4 décembre 2026 à 10\u00a0h (heure de Paris)" in french
        assert "Friday 4 December 2026 at 10:00 (Paris time)" in english
    assert "Friday" not in french_alone.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (NoticeKind.WRONG_PROOFS, ("pour obtenir un nouveau code de vote.", "to obtain a new voting code.")),
        (NoticeKind.REQUESTED, ("courriel, à une adresse personnelle.", "email, to a personal address.")),
    ],
)
async def test_what_a_notice_tells_of_is_named_in_both_languages(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    mail: RecordingMail,
    kind: NoticeKind,
    words: tuple[str, str],
) -> None:
    """What the answers were for, and where the link was sent."""
    await messaging.send_notice(replace(await sealed_messages.notice(Channel.EMAIL), language="en", kind=kind))
    assert [each for each in words if each not in mail.sent[0].text] == []


async def test_a_mail_has_the_link_and_its_expiry(
    messaging: Messaging, sealed_messages: SealedMessages, mail: RecordingMail, links: Links, now: Clock
) -> None:
    """Text and HTML have the link and its expiry in Paris time."""
    message = await sealed_messages.link(Channel.EMAIL)
    accepted = await messaging.send_link(message)
    assert accepted == signed(Acceptance("recording-mail", now()), message.workflow_id, message.message_id)
    [sent] = mail.sent
    assert (sent.to, sent.message_id) == (MAILBOX, "link-1")
    assert "nouveau code de vote" in sent.subject
    for body in (sent.text, sent.html):
        assert links.address(sealed_messages.workflow_id, "link") in body
        assert "vendredi 4 décembre 2026 à 10\u00a0h (heure de Paris)" in body


@pytest.mark.parametrize(
    ("channel", "words"), [(Channel.SMS, "par SMS"), (Channel.EMAIL, "par courriel, à une adresse personnelle")]
)
async def test_the_notice_contains_no_secret(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    mail: RecordingMail,
    links: Links,
    channel: Channel,
    words: str,
) -> None:
    """It says when and by which channel the link was sent, without the link and the contact."""
    await messaging.send_notice(await sealed_messages.notice(channel))
    [sent] = mail.sent
    assert (sent.to, sent.message_id) == (WORK_MAILBOX, "link-avis")
    assert "a été remplacé" in sent.subject
    for body in (sent.text, sent.html):
        assert "jeudi 3 décembre 2026 à 10\u00a0h (heure de Paris)" in body
        assert words in body
        assert not [
            secret
            for secret in (links.token(sealed_messages.workflow_id, "link"), PHONE, MAILBOX)
            if secret in body
        ]


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_retried_link_is_sent_once(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    sms: RecordingSms,
    mail: RecordingMail,
    channel: Channel,
    now: Clock,
) -> None:
    """A retry after the gateway's acceptance returns the first acceptance, and sends nothing."""
    order = await sealed_messages.link(channel)
    first = await messaging.send_link(order)
    now.instant = now().replace(hour=12)
    assert await messaging.send_link(order) == first
    assert len([*sms.tried, *mail.tried]) == 1


async def test_a_retried_notice_is_sent_once(
    messaging: Messaging, sealed_messages: SealedMessages, mail: RecordingMail
) -> None:
    """Also when its envelope can no longer be opened."""
    order = await sealed_messages.notice()
    assert await messaging.send_notice(order) == await messaging.send_notice(order)
    assert len(mail.tried) == 1


async def test_an_operator_s_retry_is_another_message_with_the_same_link(
    messaging: Messaging, sealed_messages: SealedMessages, sms: RecordingSms
) -> None:
    """It has another message id and the same text."""
    for number in (1, 2):
        await messaging.send_link(await sealed_messages.link(number=number))
    assert [each.message_id for each in sms.sent] == ["link-1", "link-2"]
    assert len({each.text for each in sms.sent}) == 1


async def test_a_notice_s_address_cannot_be_opened_after_the_send(
    messaging: Messaging, sealed_messages: SealedMessages, vault: Vault, database: Database
) -> None:
    """Its key is destroyed; a retry destroys it too, if the first run could not."""
    order = await sealed_messages.notice()
    await messaging.send_notice(order)
    with pytest.raises(EnvelopeError):
        await vault.unseal(order.workflow_id, order.link_id, "notice", order.address)
    await sealed_messages.notice()
    await messaging.send_notice(order)
    assert await rows(database, vault_keys) == []


async def test_a_link_s_contact_can_be_opened_for_another_send(
    messaging: Messaging, sealed_messages: SealedMessages, database: Database
) -> None:
    """A link can be sent again until the recovery ends, so its key is kept."""
    await messaging.send_link(await sealed_messages.link())
    assert {row["id"] for row in await rows(database, vault_keys)} == {key_id("request", "contact")}


async def test_contacts_and_tokens_are_not_in_the_database(
    messaging: Messaging, sealed_messages: SealedMessages, links: Links, database: Database
) -> None:
    """The ledger has three messages without number, address or token."""
    await messaging.send_link(await sealed_messages.link())
    await messaging.send_link(await sealed_messages.link(Channel.EMAIL, number=2))
    await messaging.send_notice(await sealed_messages.notice())
    dump = await text_of(database)
    assert len(await rows(database, messages)) == 3
    assert not [
        each for each in (PHONE[4:], "camille", links.token(sealed_messages.workflow_id, "link")) if each in dump
    ]


async def test_a_receipt_before_the_gateway_s_answer_is_reported(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    receipts: Receipts,
    recovery: WorkflowHandle[ReceiptListener, None],
    now: Clock,
) -> None:
    """It is kept, and reported to the recovery after the answer."""
    await receipts.receive(Receipt("recording-sms", "link-1-1", delivered=True, reason="", at=now()))
    await messaging.send_link(await sealed_messages.link())
    expected = DeliveryReceipt("link-1", delivered=True).signed(MESSAGING, recovery.id)
    assert await recovery.query(ReceiptListener.received) == [expected]


async def test_a_retried_send_reports_an_earlier_receipt(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    ledger: Ledger,
    recovery: WorkflowHandle[ReceiptListener, None],
    now: Clock,
) -> None:
    """If the first run died between the gateway's answer and the report, the retry reports."""
    order = await sealed_messages.link()
    await messaging.send_link(order)
    await ledger.received(Receipt("recording-sms", "link-1-1", delivered=True, reason="", at=now()))
    await messaging.send_link(order)
    expected = DeliveryReceipt("link-1", delivered=True).signed(MESSAGING, recovery.id)
    assert await recovery.query(ReceiptListener.received) == [expected]


async def test_a_receipt_is_reported_to_its_recovery(
    messaging: Messaging,
    sealed_messages: SealedMessages,
    sms: RecordingSms,
    recovery: WorkflowHandle[ReceiptListener, None],
) -> None:
    """From the gateway through the ledger to the workflow, with the reason of the failure."""
    await messaging.send_link(await sealed_messages.link())
    await sms.fail("link-1-1", "recording-undelivered")
    received = await recovery.query(ReceiptListener.received)
    expected = DeliveryReceipt("link-1", delivered=False, reason="recording-undelivered")
    assert received == [expected.signed(MESSAGING, recovery.id)]

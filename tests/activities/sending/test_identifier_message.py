"""A new identifier is sent once, by mail (2011: « 2/2 ») or by SMS (2018)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.gateways.sms import gsm
from activities.recoveries.notices import Notice
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE
from activities.security.vault import Vault, key_id
from activities.sending.messaging import IdentifierMessage, LinkMessage, Messaging
from activities.store.database import Database
from activities.store.tables import messages
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows

_PLACE = "identifiant-et-mot-de-passe/camille"


_CONTACTS = {Channel.EMAIL: "camille@exemple.fr", Channel.SMS: "+262692123456"}


async def _message(vault: Vault, send_number: int = 1, channel: Channel = Channel.EMAIL) -> IdentifierMessage:
    identifier = (await vault.seal(_PLACE, "link", {IDENTIFIER: "ACDE3479ACDE"}))[IDENTIFIER]
    contact = (await vault.seal(_PLACE, "typed", {CONTACT: _CONTACTS[channel]}))[CONTACT]
    return IdentifierMessage(_PLACE, "link", identifier, contact, "typed", channel, send_number)


async def test_an_sms_has_the_identifier(
    messaging: Messaging, vault: Vault, sms: RecordingSms, database: Database
) -> None:
    """Its id is the one for which the recovery awaits a receipt; the ledger has only the country.

    It does not die, so that the operator tries for as long as it can: the one before is cancelled.
    """
    message = await _message(vault, channel=Channel.SMS)
    accepted = await messaging.send_identifier(message)
    assert await messaging.send_identifier(message) == accepted
    (sent,) = sms.sent
    assert (sent.message_id, sent.to, sent.valid_for) == ("link-1", "+262692123456", None)
    assert "ACDE3479ACDE" in sent.text
    (row,) = await rows(database, messages)
    assert (row["id"], row["channel"], row["country_or_domain"]) == ("link-1", "sms", "RE")


async def test_a_mail_has_the_identifier(
    messaging: Messaging, vault: Vault, mail: RecordingMail, database: Database
) -> None:
    """The subject has « 2/2 » and not the identifier; the ledger has only the domain."""
    await messaging.send_identifier(await _message(vault))
    (sent,) = mail.sent
    assert sent.to == "camille@exemple.fr"
    assert "2/2" in sent.subject
    assert "ACDE3479ACDE" in sent.text
    assert "ACDE3479ACDE" in sent.html
    assert "ACDE3479ACDE" not in sent.subject
    (row,) = await rows(database, messages)
    assert (row["id"], row["channel"], row["country_or_domain"]) == ("link-2-1", "email", "exemple.fr")


async def test_an_accepted_mail_is_not_sent_again(messaging: Messaging, vault: Vault, mail: RecordingMail) -> None:
    """A retried activity returns the first acceptance; an operator's retry sends another mail."""
    first = await messaging.send_identifier(await _message(vault))
    assert await messaging.send_identifier(await _message(vault)) == first
    assert len(mail.sent) == 1
    await messaging.send_identifier(await _message(vault, send_number=2))
    assert len(mail.sent) == 2


async def test_all_three_mails_of_a_recovery_are_sent(
    messaging: Messaging, vault: Vault, mail: RecordingMail, now: Clock
) -> None:
    """Link, identifier and notice have different ids, so the ledger does not take one for another."""
    contact = (await vault.seal(_PLACE, "asked", {CONTACT: "camille@ac-lyon.fr"}))[CONTACT]
    terms = (Channel.EMAIL, "link", 1, now() + timedelta(days=8), timedelta(days=3650))
    await messaging.send_link(LinkMessage(_PLACE, "asked", contact, *terms))
    await messaging.send_identifier(await _message(vault))
    address = (await vault.seal(_PLACE, "link", {NOTICE: "camille@ac-lyon.fr"}))[NOTICE]
    await messaging.send_notice(Notice(_PLACE, "link", address, Channel.EMAIL, now()))
    assert [sent.subject.partition(" – ")[0] for sent in mail.sent] == [
        "Courriel 1/2\u00a0: votre lien pour obtenir identifiant et mot de passe",
        "Courriel 2/2\u00a0: votre identifiant électeur",
        "Votre identifiant et votre mot de passe ont été remplacés",
    ]
    assert "jusqu’au vendredi 11 décembre 2026" in mail.sent[0].text


async def test_an_identifier_is_sent_in_the_language_that_the_voter_had_chosen(
    messaging: Messaging, vault: Vault, sms: RecordingSms, mail: RecordingMail
) -> None:
    """By SMS in one segment, and by mail."""
    await messaging.send_identifier(replace(await _message(vault, channel=Channel.SMS), language="en"))
    await messaging.send_identifier(replace(await _message(vault), language="en"))
    [text], [letter] = sms.sent, mail.sent
    assert text.text.splitlines()[1:4] == ["New user ID:", "ACDE3479ACDE", "The old one is cancelled."]
    assert len(gsm.encode(text.text, 0).segments) == 1
    assert letter.subject.startswith("Email 2/2: your elector user ID – ")
    assert "Here is your new elector user ID:\n\nACDE3479ACDE\n" in letter.text


@pytest.mark.parametrize(
    ("mode", "reason", "final"),
    [(GatewayMode.REFUSE, "recording-refused", True), (GatewayMode.DOWN, "recording-down", False)],
)
async def test_a_relay_s_error_is_raised_with_its_code(
    messaging: Messaging, vault: Vault, mail: RecordingMail, mode: GatewayMode, reason: str, final: bool
) -> None:
    """The error says whether a retry can help, and does not contain the address."""
    mail.mode = mode
    with pytest.raises(ApplicationError) as failed:
        await messaging.send_identifier(await _message(vault))
    assert (failed.value.message, failed.value.non_retryable) == (reason, final)
    assert "camille" not in str(failed.value)


@pytest.mark.parametrize("key", [key_id("typed", CONTACT), key_id("link", IDENTIFIER)])
async def test_nothing_is_sent_after_the_keys_are_destroyed(
    messaging: Messaging, vault: Vault, mail: RecordingMail, database: Database, key: str
) -> None:
    """The recovery has ended: its envelopes cannot be opened."""
    message = await _message(vault)
    async with database.writing() as connection:
        await vault.destroy(connection, [key])
    with pytest.raises(ApplicationError, match="envelope-closed"):
        await messaging.send_identifier(message)
    assert mail.sent == []

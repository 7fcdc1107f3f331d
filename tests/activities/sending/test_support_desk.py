"""A message to the support desk is sent once, with the writer as Reply-To, and cannot be opened afterwards."""

import json
from email import message_from_bytes

import pytest
from temporalio.exceptions import ApplicationError

from activities.gateways.mail.mime import compose
from activities.gateways.recording import GatewayMode, RecordingMail
from activities.security.purposes import LETTER
from activities.security.vault import EnvelopeError, Vault
from activities.sending.support_desk import SupportDesk, SupportLetter
from activities.store.database import Database
from activities.store.tables import vault_keys
from election.settings import Election
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.mail_texts import texts_of

_TYPED = {"reply_to": "camille@exemple.fr", "message": "Le SMS n’arrive pas.\nDepuis <b>14 h</b>."}
_PLACE = ("assistance/K7M4Q-X4P9R", "request")


@pytest.fixture
def mail() -> RecordingMail:
    """A mail gateway that records its messages."""
    return RecordingMail()


@pytest.fixture
def desk(database: Database, vault: Vault, election: Election, mail: RecordingMail) -> SupportDesk:
    """The support desk's activity, on that gateway."""
    return SupportDesk(database, vault, texts_of(election), election, mail)


async def _letter(vault: Vault, recovery: str = "3F2A-91BC-07D4") -> SupportLetter:
    sealed = await vault.seal(*_PLACE, {LETTER: json.dumps(_TYPED)})
    return SupportLetter(_PLACE[0], "K7M4Q-X4P9R", _PLACE[1], sealed[LETTER], recovery)


async def test_a_message_has_its_references_and_the_writer_s_address(
    desk: SupportDesk, vault: Vault, mail: RecordingMail, election: Election, now: Clock
) -> None:
    """It goes to the desk, has the writer as Reply-To, and is not marked as automatic."""
    await desk.send_letter(await _letter(vault))
    [sent] = mail.sent
    assert sent.to == election.support.email
    for body in (sent.text, sent.html):
        assert "K7M4Q-X4P9R" in body
        assert "3F2A-91BC-07D4" in body
    assert _TYPED["message"] in sent.text
    assert "<b>" not in sent.html
    written = message_from_bytes(compose(sent, "ne-pas-repondre@exemple.fr", "exemple.fr", now()))
    assert written["Reply-To"] == _TYPED["reply_to"]
    assert "Auto-Submitted" not in written


async def test_a_message_of_an_unknown_writer_says_so(
    desk: SupportDesk, vault: Vault, mail: RecordingMail
) -> None:
    """It tells the desk that the writer had not signed in."""
    await desk.send_letter(await _letter(vault, ""))
    assert "ne s’était pas connectée" in mail.sent[0].text


async def test_a_sent_message_is_not_sent_again(
    desk: SupportDesk, vault: Vault, mail: RecordingMail, database: Database
) -> None:
    """A retry after the send does nothing, since the key is destroyed."""
    letter = await _letter(vault)
    await desk.send_letter(letter)
    await desk.send_letter(letter)
    assert len(mail.tried) == 1
    assert await rows(database, vault_keys) == []
    with pytest.raises(EnvelopeError):
        await vault.unseal(*_PLACE, LETTER, letter.envelope)


@pytest.mark.parametrize("mode", [GatewayMode.DOWN, GatewayMode.REFUSE])
async def test_a_message_can_be_sent_after_a_relay_s_error(
    desk: SupportDesk, vault: Vault, mail: RecordingMail, mode: GatewayMode
) -> None:
    """The error is retryable and has no address; the retry sends the same message."""
    letter = await _letter(vault)
    mail.mode = mode
    with pytest.raises(ApplicationError) as caught:
        await desk.send_letter(letter)
    assert not caught.value.non_retryable
    assert "camille" not in repr(caught.value)
    mail.mode = GatewayMode.OK
    await desk.send_letter(letter)
    assert len({each.message_id for each in mail.tried}) == len(mail.sent) == 1

"""What a mail relay receives from the gateway, on the wire."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from pathlib import Path

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, StrictUndefined

from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.return_path import ReturnPaths
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.texts.translated_templates import translate
from tests.support.clock import Clock
from tests.support.waiting import free_port

TO = "camille.perrin@exemple.fr"
_TEXTS = Path(__file__).parents[4] / "activities" / "texts"
TEMPLATES = {path.parent.name: path.read_text() for path in sorted(_TEXTS.glob("*/subject.txt"))}
NAME = "Élections professionnelles du ministère de l’Éducation nationale & de la Recherche – 2026"


class Relay:
    """A relay that records the name it was greeted with, the senders of envelopes and the mails."""

    def __init__(self) -> None:
        self.port = free_port()
        self.greetings: list[str] = []
        self.senders: list[str] = []
        self.mails: list[bytes] = []

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names its hooks so
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.senders.append(str(envelope.mail_from))
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


@pytest_asyncio.fixture
async def relay() -> AsyncIterator[Relay]:
    """A running relay."""
    opened = Relay()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: SMTP(opened, hostname="relay"), "127.0.0.1", opened.port):
        yield opened


def _gateway(relay: Relay, now: Clock, sender: str) -> SmtpGateway:
    # It keeps no connection, so none is open when the relay ends.
    return SmtpGateway(SmtpAccount("127.0.0.1", relay.port, sender, starttls=False, kept=0), now)


@pytest.mark.parametrize("name", ["", "Vote", "Élections – Éducation", "Élections <2026>, vote"])
async def test_a_sender_s_name_is_in_the_header_alone(relay: Relay, now: Clock, name: str) -> None:
    """EHLO and the envelope have the domain of its address."""
    sender = f'"{name}" <a@vote.fr>' if name else "a@vote.fr"
    await _gateway(relay, now, sender).send(MailMessage("m-1", TO, "Sujet", "Texte", "<p>Texte</p>"))
    assert (relay.greetings, relay.senders) == (["vote.fr"], [ReturnPaths(b"", "vote.fr").address("m-1")])
    [address] = message_from_bytes(relay.mails[0], policy=default)["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "a@vote.fr")


@pytest.mark.parametrize("folder", TEMPLATES)
async def test_the_subject_of_each_text_arrives_as_it_was_written(relay: Relay, now: Clock, folder: str) -> None:
    """With every space and dash, for readers of the old and of the new kind."""
    texts = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text
    translate(texts)
    values = {"election_name": NAME, "reference": "K7M4Q-X4P9R", "deed": "Relance d’envois en échec"}
    subject = texts.from_string(TEMPLATES[folder]).render(values)
    await _gateway(relay, now, "Élections <a@vote.fr>").send(
        MailMessage("m-1", TO, subject, "Texte", "<p>Texte</p>")
    )
    [received] = relay.mails
    assert message_from_bytes(received, policy=default)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(received)["Subject"]))) == subject

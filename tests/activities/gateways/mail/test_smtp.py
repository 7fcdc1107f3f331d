"""The SMTP gateway with the demo's mail server, and with relays that fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, default
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from activities.gateways.base.errors import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.mime import BOUNDARY, compose
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from demo.mail.smtp import MailServer
from demo.state.gateway_modes import GatewayModes
from demo.state.inbox import Inbox
from tests.support.clock import Clock
from tests.support.waiting import free_port, listens, running, until

TO = "camille.perrin@exemple.fr"
LINK = "https://elections.exemple.fr/lien/" + "abcdefgh" * 12
MESSAGE = MailMessage(
    "delivery-1", TO, "Votre lien : « code de vote »", f"Bonjour à tous,\n{LINK}\n", "<p>Bonjour</p>"
)


@dataclass
class MailSetup:
    """Port and files of the demo's mail server, and gateways to it."""

    inbox: Inbox
    modes: GatewayModes
    clock: Clock
    account: SmtpAccount

    def server(self) -> MailServer:
        """Return a server; it listens while its `run` runs."""
        return MailServer(self.inbox, self.modes, self.account.port, self.clock)

    def gateway(self, **changes: Any) -> SmtpGateway:
        """Return a gateway to the server, with some settings of its account changed."""
        return SmtpGateway(replace(self.account, **changes), self.clock)

    def reachable(self) -> bool:
        """Return whether the server listens."""
        return listens(self.account.port)


@pytest.fixture
def mail_setup(tmp_path: Path, now: Clock) -> MailSetup:
    """A mail server that is not running yet."""
    account = SmtpAccount("127.0.0.1", free_port(), "Élections <ne-pas-repondre@vote.exemple.fr>", starttls=False)
    return MailSetup(Inbox.under(tmp_path, now), GatewayModes.under(tmp_path), now, account)


@pytest_asyncio.fixture
async def gateway(mail_setup: MailSetup) -> AsyncIterator[SmtpGateway]:
    """A gateway to a running mail server."""
    async with running(mail_setup.server().run()):
        await until(mail_setup.reachable)
        yield mail_setup.gateway()


@asynccontextmanager
async def scripted_relay(port: int, *answers: str) -> AsyncIterator[list[str]]:
    """Yield the lines that a relay receives; it sends `answers` in order, one for the connection and each line."""
    received: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in answers:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()
            received.append((await reader.readline()).decode())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield received


async def fault_of(gateway: SmtpGateway) -> GatewayError:
    """Return the error that a send raises."""
    with pytest.raises(GatewayError) as fault:
        await gateway.send(MESSAGE)
    return fault.value


@pytest.mark.parametrize(
    "message",
    [MESSAGE, replace(MESSAGE, to="hélène@exemple.fr"), replace(MESSAGE, subject="Votre lien, sans accent " * 6)],
    ids=["ordinary", "address with accents", "long subject"],
)
async def test_a_message_reaches_its_mailbox(
    mail_setup: MailSetup, gateway: SmtpGateway, message: MailMessage
) -> None:
    """Subject and text arrive unchanged, with long links and French typography."""
    await gateway.send(message)
    (received,) = mail_setup.inbox.of(message.to)
    assert (received.channel, received.subject) == ("email", message.subject)
    assert received.text.splitlines() == message.text.splitlines()


def test_a_mail_has_the_expected_headers_and_parts(now: Clock) -> None:
    """It is marked as automatic and with its languages, its Message-ID is the delivery's, and text comes before HTML."""
    wire = compose(MESSAGE, "Élections <ne-pas-repondre@vote.exemple.fr>", "vote.exemple.fr", now())
    assert wire.isascii()
    mail = message_from_bytes(wire, _class=EmailMessage, policy=default)
    assert mail["From"] == "Élections <ne-pas-repondre@vote.exemple.fr>"
    assert mail["To"] == TO
    assert mail["Date"].datetime == now()
    assert mail["Message-ID"] == "<delivery-1@vote.exemple.fr>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "fr"
    in_two = compose(replace(MESSAGE, languages=("fr", "en")), "e@vote.exemple.fr", "vote.exemple.fr", now())
    assert message_from_bytes(in_two)["Content-Language"] == "fr, en"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def _by_the_library(message: MailMessage, sender: str, now: Clock) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    headers = {
        "From": sender,
        "To": message.to,
        "Subject": message.subject,
        "Date": now(),
        "Message-ID": f"<{message.message_id}@vote.exemple.fr>",
        **({"Reply-To": message.reply_to} if message.reply_to else {}),
    }
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(BOUNDARY)
    mail["Content-Language"] = "fr"
    return mail


_BY_HAND = ("Auto-Submitted", "X-Auto-Response-Suppress")
_MESSAGES = [
    MESSAGE,
    replace(
        MESSAGE, subject="É" * 200, reply_to="lea@exemple.fr", text=".\r\n..\rx \t\n=3D " + "é" * 300, html=""
    ),
    replace(MESSAGE, message_id="d" * 90, subject="s" * 300, text=f"--{BOUNDARY}\nFrom ici\x0b\x85\u2028\n\n\n"),
    replace(MESSAGE, to="léa@école.fr"),
]


@pytest.mark.parametrize("message", _MESSAGES)
@pytest.mark.parametrize("sender", ["Élections <e@vote.exemple.fr>", "e@vote.exemple.fr"])
def test_a_message_is_composed_as_by_the_standard_library(now: Clock, message: MailMessage, sender: str) -> None:
    """It has the same headers in the same order and the same bodies; no line is longer than RFC 2045 allows."""
    wire = compose(message, sender, "vote.exemple.fr", now())
    assert wire.isascii() == message.to.isascii()
    policy = SMTP if message.to.isascii() else SMTPUTF8
    expected = message_from_bytes(_by_the_library(message, sender, now).as_bytes(policy=policy), policy=policy)
    mail = message_from_bytes(wire, policy=policy)
    assert [header for header in mail.items() if header[0] not in _BY_HAND] == expected.items()
    for part, other in zip(mail.iter_parts(), expected.iter_parts(), strict=True):
        assert part.get_content_type() == other.get_content_type()
        assert part.get_content() == other.get_content()
    assert max(map(len, wire.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


@pytest.mark.parametrize("subject", ["a\r\nBcc: b", "a\nb", "é\rb", "é\r\n b"])
def test_a_line_break_in_a_header_is_refused(now: Clock, subject: str) -> None:
    """It could inject another header."""
    with pytest.raises(ValueError, match="line"):
        compose(replace(MESSAGE, subject=subject), "e@vote.exemple.fr", "vote.exemple.fr", now())


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200)
)
@example("Votre code de vote a été remplacé – Élections professionnelles")
@example("=?utf-8?q?a=0D=0ABcc=3A_b?= é")
@example("Élections « 2026 » : l’identifiant, œuvre à réclamer – dernière relance avant clôture du scrutin")
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    """With every space, whatever accents, dashes or encoded words are in it."""
    wire = compose(replace(MESSAGE, subject=subject), "e@vote.exemple.fr", "vote.exemple.fr", Clock()())
    header = wire.partition(b"\r\n\r\n")[0]
    assert max(map(len, header.split(b"\r\n"))) <= 998
    assert str(make_header(decode_header(message_from_bytes(wire)["Subject"]))) == subject


@pytest.mark.parametrize(
    "name", ["Élections", "Élections – Éducation nationale, 2026", "Vote", 'L’« équipe », a "b"']
)
def test_a_sender_may_have_a_name(now: Clock, name: str) -> None:
    """Its address alone is in the envelope and in the name that the relay is greeted with."""
    quoted = name.replace('"', '\\"')
    sender = f'"{quoted}" <a@vote.fr>'
    wire = compose(MESSAGE, sender, "vote.fr", now())
    [address] = message_from_bytes(wire, _class=EmailMessage, policy=default)["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "a@vote.fr")
    assert SmtpAccount("relay", 25, sender).domain == "vote.fr"


@pytest.mark.parametrize(
    "sender",
    ["", "vote.fr", "a@", "@vote.fr", "a@vote.fr, b@vote.fr", "a b@vote.fr", "é@vote.fr", "Nom <a@vote.fr"],
)
def test_a_sender_that_is_no_address_is_refused_at_the_start(sender: str) -> None:
    """Nothing could be sent with it."""
    with pytest.raises(ValueError, match="not one address"):
        SmtpAccount("relay", 25, sender)


@pytest.mark.parametrize(
    "to",
    [
        "jean(dupont)@exemple.fr",
        "jean@exemple.fr, autre@exemple.fr",
        "<jean@exemple.fr>",
        "Jean <jean@exemple.fr>",
        "groupe:jean@exemple.fr;",
        "jean@exemple.fr;autre@exemple.fr",
        '"jean"@exemple.fr',
        "jean@exemple.fr\r\nBcc: autre@exemple.fr",
    ],
)
async def test_an_address_that_a_header_reads_as_another_is_refused(gateway: SmtpGateway, to: str) -> None:
    """Its form in the envelope would be another mailbox than the one that the reader sees."""
    with pytest.raises(GatewayRefusedError) as refused:
        await gateway.send(replace(MESSAGE, to=to))
    assert refused.value.reason == "smtp-address"


async def test_a_bounce_names_its_message_and_does_not_contain_the_link(mail_setup: MailSetup) -> None:
    """The return path has the delivery's id, and a relay with DSN is asked to return only headers."""
    answers = ["220 relay", "250-relay\r\n250 DSN", "250 OK", "550 5.1.1 no such mailbox", "250 OK"]
    async with scripted_relay(mail_setup.account.port, *answers) as received:
        await fault_of(mail_setup.gateway())
    sender = mail_setup.account.return_paths.address(MESSAGE.message_id)
    assert received[1].strip() == f"MAIL FROM:<{sender}> RET=HDRS ENVID=delivery-1"
    assert received[2].strip() == f"RCPT TO:<{TO}> NOTIFY=FAILURE,DELAY"


async def test_a_refusal_is_final(mail_setup: MailSetup, gateway: SmtpGateway) -> None:
    """A relay that has no such mailbox raises GatewayRefusedError, and nothing is delivered."""
    mail_setup.modes.write(email="refuse")
    fault = await fault_of(gateway)
    assert isinstance(fault, GatewayRefusedError)
    assert fault.reason == "smtp-550-5.1.1"
    assert mail_setup.inbox.of(TO) == []


async def test_messages_are_sent_again_after_a_relay_outage(mail_setup: MailSetup, gateway: SmtpGateway) -> None:
    """While the relay is down a send raises GatewayUnavailableError, also with a reused connection; later it succeeds."""
    await gateway.send(MESSAGE)
    mail_setup.modes.write(email="down")
    await until(lambda: not mail_setup.reachable())
    fault = await fault_of(gateway)
    assert isinstance(fault, GatewayUnavailableError)
    assert fault.reason == "smtp-connect"
    mail_setup.modes.write(email="ok")
    await until(mail_setup.reachable)
    await gateway.send(MESSAGE)
    assert len(mail_setup.inbox.of(TO)) == 2


async def test_a_late_message_shows_when_it_is_due(mail_setup: MailSetup) -> None:
    """The mailbox shows it then, also if the server was restarted in between."""
    mail_setup.modes.write(email="late:90")
    async with running(mail_setup.server().run()):
        await until(mail_setup.reachable)
        await mail_setup.gateway().send(MESSAGE)
    mail_setup.clock.advance(timedelta(seconds=89))
    mail_setup.modes.write(email="ok")
    async with running(mail_setup.server().run()):
        await until(mail_setup.reachable)
        await mail_setup.gateway().send(replace(MESSAGE, subject="Deux"))
        assert [message.subject for message in mail_setup.inbox.of(TO)] == ["Deux"]
        mail_setup.clock.advance(timedelta(seconds=1))
        await until(lambda: len(mail_setup.inbox.of(TO)) == 2)
    assert mail_setup.inbox.of(TO)[1].at == mail_setup.clock()


@pytest.mark.parametrize(
    ("answers", "kind", "reason"),
    [
        (["421 busy"], GatewayUnavailableError, "smtp-421"),
        (["554 not you"], GatewayUnavailableError, "smtp-account-554"),
        (["220 relay", "250 relay", "451 later"], GatewayUnavailableError, "smtp-451"),
        (
            ["220 relay", "250 relay", "530 5.7.0 authentication required"],
            GatewayUnavailableError,
            "smtp-account-530",
        ),
        (["220 relay", "250 relay", "553 no such sender"], GatewayUnavailableError, "smtp-account-553"),
        (["220 relay", "250 relay", "250 OK", "530 5.7.0 sign in"], GatewayUnavailableError, "smtp-account-530"),
        (
            ["220 relay", "250 relay", "250 OK", "554 5.7.1 <a@b.fr>: Relay access denied"],
            GatewayUnavailableError,
            "smtp-account-554",
        ),
        (
            ["220 relay", "250 relay", "250 OK", "550 5.1.1 <a@relay.fr>: user unknown"],
            GatewayRefusedError,
            "smtp-550-5.1.1",
        ),
        (["HTTP/1.1 400 Bad Request"], GatewayUnavailableError, "smtp-session"),
        (["220 relay", "250 relay", "250 OK", "450 full"], GatewayUnavailableError, "smtp-450"),
        (["220 relay", "250 relay", "250 OK", "452 4.2.2 full"], GatewayUnavailableError, "smtp-452-4.2.2"),
        (["220 relay", "250 relay", "250 OK", "550 4.2.2 which?"], GatewayRefusedError, "smtp-550"),
        (["220 relay", "250 relay", "250 OK", "250 OK", "552 too big"], GatewayRefusedError, "smtp-552"),
        (["220 relay", "250 relay", "250 OK"], GatewayUnavailableError, "smtp-connect"),
        (["220 relay"], GatewayUnavailableError, "smtp-connect"),
    ],
)
async def test_relay_answers_are_permanent_or_temporary(
    mail_setup: MailSetup, answers: list[str], kind: type, reason: str
) -> None:
    """A 4xx, or any refusal of the connection, of our account or of our sender, is temporary: it is no fault of this message.

    A 5xx to the recipient or to the text is permanent.
    """
    async with scripted_relay(mail_setup.account.port, *answers):
        fault = await fault_of(mail_setup.gateway())
    assert (type(fault), fault.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("answers", "is_there", "may_be_taken"),
    [
        ([], False, False),
        (["220 relay", "250 relay"], False, False),
        (["220 relay", "250 relay", "421 closing"], False, False),
        (["220 relay", "250 relay", "250 OK"], True, False),  # it hangs up at the recipient
        (["220 relay", "250 relay", "250 OK", "421 closing"], True, False),
        (["220 relay", "250 relay", "250 OK", "250 OK"], True, True),  # it hangs up once the text is handed over
        (["220 relay", "250 relay", "250 OK", "250 OK", "451 later"], True, False),
        (["220 relay", "250 relay", "250 OK", "554 5.7.1 <a@b.fr>: Relay access denied"], False, False),
    ],
)
async def test_a_fault_says_how_far_the_mail_had_come(
    mail_setup: MailSetup, answers: list[str], is_there: bool, may_be_taken: bool
) -> None:
    """A relay that had taken the sender is there, unless it refuses our account; one that does not answer the text may have the mail."""
    async with scripted_relay(mail_setup.account.port, *answers):
        fault = await fault_of(mail_setup.gateway())
    assert isinstance(fault, GatewayUnavailableError)
    assert (fault.is_there, fault.may_be_taken) == (is_there, may_be_taken)


async def test_a_relay_that_does_not_answer_times_out(mail_setup: MailSetup) -> None:
    """The timeout is for the whole send."""
    held = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", mail_setup.account.port):
        fault = await asyncio.wait_for(fault_of(mail_setup.gateway(timeout=0.1)), 5)
        held.set()
    assert isinstance(fault, GatewayUnavailableError)
    assert fault.reason == "smtp-timeout"


async def test_nothing_is_sent_without_tls_if_starttls_is_required(mail_setup: MailSetup) -> None:
    """With a relay that lacks STARTTLS, an account that requires it sends nothing."""
    async with running(mail_setup.server().run()):
        await until(mail_setup.reachable)
        fault = await fault_of(mail_setup.gateway(starttls=True))
    assert isinstance(fault, GatewayUnavailableError)
    assert fault.reason == "smtp-session"
    assert mail_setup.inbox.of(TO) == []


@pytest.mark.parametrize("to", ["a@exemple.fr\r\nBcc: b@exemple.fr", "a@exemple.fr\nRCPT TO:<b@exemple.fr>"])
async def test_an_address_with_a_line_break_is_refused(
    mail_setup: MailSetup, gateway: SmtpGateway, to: str
) -> None:
    """The refusal is permanent, and nothing is delivered."""
    with pytest.raises(GatewayRefusedError) as refusal:
        await gateway.send(replace(MESSAGE, to=to))
    assert refusal.value.reason == "smtp-address"
    assert mail_setup.inbox.since(0) == []


async def test_an_error_does_not_contain_the_address(mail_setup: MailSetup, gateway: SmtpGateway) -> None:
    """The error has no cause or context that could contain it either."""
    mail_setup.modes.write(email="refuse")
    fault = await fault_of(gateway)
    assert TO not in repr(fault)
    assert fault.__cause__ is None
    assert fault.__context__ is None

"""A real Postfix relays our mails, and reports to us what the mailboxes' server has refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.bounces.inbox import BounceInbox
from activities.bounces.lmtp import BounceLmtp
from activities.bounces.settlement import BounceSettlement
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.store.bounce_table import bounces
from activities.store.database import Database
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.postfix import postfix, why_postfix_cannot_run
from tests.support.relay_certificate import relay_certificate
from tests.support.waiting import free_port, listens, running, until

pytestmark = pytest.mark.skipif(bool(why_postfix_cannot_run()), reason=why_postfix_cannot_run())
_BOUNCE_DOMAIN = "bounces.vote.exemple.fr"
_REFUSALS = {"inconnue": "550 5.1.1 no such user", "pleine": "552 5.2.2 mailbox full"}


class _Mailboxes:
    """The server of the mailboxes: it refuses two of them, and the third one at first."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.received: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer as the mailbox's name says."""
        name = address.partition("@")[0]
        self.tries[name] += 1
        if name in _REFUSALS:
            return _REFUSALS[name]
        if name == "liste-grise" and self.tries[name] == 1:
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Keep whom it was for."""
        self.received += envelope.rcpt_tos
        return "250 OK"


@asynccontextmanager
async def _mailboxes(port: int) -> AsyncIterator[_Mailboxes]:
    mailboxes = _Mailboxes()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: SMTP(mailboxes, hostname="mx"), "127.0.0.1", port):
        yield mailboxes


async def test_what_postfix_could_not_deliver_is_read(
    tmp_path: Path, database: Database, inbox: BounceInbox, settlement: BounceSettlement, now: Clock
) -> None:
    """An unknown user and a full mailbox; a greylisted mail arrives with the second try. By STARTTLS with an authority of our own."""
    certificate, (port, next_hop, lmtp) = relay_certificate(tmp_path), [free_port() for _ in range(3)]
    account = SmtpAccount(
        "127.0.0.1", port, "e@vote.exemple.fr", ca_file=str(certificate), return_domain=_BOUNCE_DOMAIN
    )
    gateway, endpoint = SmtpGateway(account, now), BounceLmtp(account.return_paths, inbox, "127.0.0.1", lmtp)
    with postfix(port, next_hop, lmtp, _BOUNCE_DOMAIN, certificate):
        async with _mailboxes(next_hop) as mailboxes, running(endpoint.run()):
            await until(lambda: listens(port))
            for name in ("inconnue", "pleine", "liste-grise"):
                message = MailMessage(f"{name}-1", f"{name}@exemple.fr", "Votre lien", "Bonjour", "<p>Bonjour</p>")
                await gateway.send(message)

            async def is_done() -> bool:
                return bool(mailboxes.received) and len(await rows(database, bounces)) == len(_REFUSALS)

            await until(is_done)
    now.advance(timedelta(minutes=5))  # the ledger knows none of these messages
    await settlement.settle()
    assert {row["message_id"]: (row["kind"], row["status"]) for row in await rows(database, bounces)} == {
        "inconnue-1": ("final", "5.1.1"),
        "pleine-1": ("final", "5.2.2"),
    }
    assert mailboxes.received == ["liste-grise@exemple.fr"]

"""A mailing's activities of both roles on one database, with a relay that records, for tests."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, text
from temporalio.testing import ActivityEnvironment

from activities.evidence.journal import Journal
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import RecordingMail
from activities.gateways.watched import WatchedGateway
from activities.mailings.mailings import Mailings, Page, PageOrder
from activities.mailings.relays import Relays
from activities.mailings.sender import MailingSender, SendOrder, SendReport
from activities.outbox.claims import Outcomes
from activities.outbox.sealed_addresses import AddressOpener
from activities.recoveries.links import Links
from activities.routing.gateways import Gateways, OnlyGateway
from activities.routing.states import GatewayStates
from activities.store.database import Database
from activities.store.mailing_tables import outbox
from activities.texts.messages import MailText
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.people import Person
from tests.support.signing import MESSAGING_SEED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ELECTORS = [
    Person(f"{number:032x}", f"personne{number}@ac-lyon.fr", f"18E12345{number:02}ABC", f"2 85 05 2A 0{number:02}")
    for number in range(1, 25)
]
RETRY_FOR = timedelta(hours=1)


class Relay(RecordingMail):
    """A relay that calls `on_send` before it accepts a mail: that may wait, or raise what the relay answers."""

    def __init__(self, name: str = "smtp") -> None:
        super().__init__(name)
        self.on_send: Callable[[MailMessage], Awaitable[None]] | None = None

    async def send(self, message: MailMessage) -> None:
        """Answer as `on_send` says, else accept the mail."""
        if self.on_send:
            await self.on_send(message)
        await super().send(message)


class Recoveries:
    """Electors' own recoveries, which call `on_ask` with the elector when they are asked: that may wait, or raise Temporal's fault."""

    def __init__(self) -> None:
        self.on_ask: Callable[[str], Awaitable[None]] | None = None
        self.asked: list[tuple[str, str, str, str]] = []

    async def ask(self, subject: str, elector_id: str, request_id: str, mailing: str) -> None:
        """Answer as `on_ask` says, else take the request."""
        if self.on_ask:
            await self.on_ask(elector_id)
        self.asked.append((subject, elector_id, request_id, mailing))


@dataclass
class Post:
    """What a test does with the mailing `envoi-1`, and sees of it."""

    database: Database
    mailings: Mailings
    sender: MailingSender
    relay: Relay
    recoveries: Recoveries

    async def prepares(self, after: str = "", size: int = 100, mailing: str = "envoi-1") -> Page:
        """Prepare a page, and return it."""
        return await self.mailings.prepare_page(order_of(mailing, after, size))

    async def sends(self, sender: MailingSender | None = None, **changes: Any) -> SendReport:
        """Run a sender once, as fast as it can unless the test says otherwise."""
        order = SendOrder(**{"mailing": "envoi-1", "per_second": 10_000, "seconds": 60, "most": 1_000, **changes})
        report: SendReport = await ActivityEnvironment().run((sender or self.sender).send_mailing, order)
        return report

    async def rows(self) -> list[Row[Any]]:
        """Return the outbox, in the order of mailings and electors."""
        async with self.database.reading() as connection:
            found = await connection.execute(select(outbox).order_by(outbox.c.mailing, outbox.c.elector_id))
            return list(found.all())

    async def states(self) -> list[str]:
        """Return the state of each row."""
        return [row.state for row in await self.rows()]

    async def all_are_claimed(self) -> bool:
        """Return whether some sender has claimed every row."""
        return all(row.claimed_by for row in await self.rows())

    async def ends_other_connections(self) -> None:
        """Have the server end every connection but one, as its restart does, or the death of their process."""
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        async with self.database.reading() as connection:
            await connection.execute(
                text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")  # noqa: S608 - no value in it
            )


def order_of(mailing: str = "envoi-1", after: str = "", size: int = 100, cause: str = "") -> PageOrder:
    """Return the argument for one page."""
    return PageOrder(mailing, f"envoi/demo/{mailing}", size, after, cause)


def sender_of(
    database: Database, journal: Journal, links: Links, relay: RecordingMail, now: Clock
) -> MailingSender:
    """Return a sender; two of them are two processes, as far as the database knows."""
    only = OnlyGateway(Channel.EMAIL, WatchedGateway(relay), GatewayStates(database, journal, now))
    return sender_by(only, database, journal, links, now)


def sender_by(
    gateways: Gateways[MailMessage, None], database: Database, journal: Journal, links: Links, now: Clock
) -> MailingSender:
    """Return a sender that goes by some relays."""
    outcomes = Outcomes(database, journal, RETRY_FOR, now)
    opener = AddressOpener(bytes.fromhex(MESSAGING_SEED))
    new_relays = partial(Relays, gateways, database)
    return MailingSender(outcomes, opener, links, lambda link: MailText("Lien", link, link), new_relays, now)

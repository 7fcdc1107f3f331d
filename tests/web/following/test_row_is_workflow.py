"""Whatever happens to a recovery, and in whatever order, its row and its workflow are at the same stage."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from temporalio.worker import Worker

from activities.bounces.inbox import BounceInbox
from activities.bounces.settlement import BounceSettlement
from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.evidence.journal import Journal
from activities.gateways.recording import RecordingMail, RecordingSms
from activities.recoveries.links import Links
from activities.routing.gateways import OnlyGateway
from activities.routing.states import GatewayStates
from activities.security.vault import Vault
from activities.sending.ledger import Ledger
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.sending_services import build_texts
from activities.services import build_objection_links
from activities.store.database import Database
from election.stages import Channel
from tests.conftest import PostgresServer, signed_in
from tests.support.signing import MESSAGING, MESSAGING_SEED
from tests.support.waiting import until
from tests.support.web_app import build_web_app, open_election, roll_services, settings_of
from tests.web.following.stories import (
    DatabaseClock,
    IdentifierAndPasswordStory,
    IdentifierStory,
    PasswordStory,
    Story,
    VotingCodeStory,
    World,
    story_of,
)
from tests.workflows.scripted.environment import server
from worker import recoveries_worker
from workflows.contracts import options


@pytest_asyncio.fixture(scope="module")
async def world(
    postgres_server: PostgresServer, granted_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Web and workers, each as its own user of the database, that run for all tests of this file."""
    url, election = postgres_server.make(granted_database), _without_waits(tmp_path_factory.mktemp("stories"))
    core, database = settings_of(url), Database(url)
    clock = DatabaseClock(database)
    await clock.set_up()
    web, recoveries, messaging = (signed_in(url, user) for user in ("web", "recoveries", "messaging"))
    async with server() as environment:
        client = environment.client
        with pytest.MonkeyPatch.context() as patched:
            for module in ("web.app", "activities.services"):
                patched.setattr(f"{module}.utc_now", clock)
            app = await build_web_app(core, election, database, client, as_web=web)
            services = roll_services(core, election, recoveries)
        journal = Journal(messaging, election, utc_now)
        receipts = Receipts(Ledger(messaging, journal, utc_now), client, MESSAGING, election)
        sms, mail = RecordingSms(receipts.receive, utc_now), RecordingMail()
        sender = _messaging(core, election, messaging, receipts, sms, mail)
        by_sms, by_mail = (
            Worker(client, task_queue=queue, activities=sender)
            for queue in (options.SMS_SENDS, options.EMAIL_SENDS)
        )
        inbox = BounceInbox(messaging, bytes.fromhex(MESSAGING_SEED), utc_now)
        links_expire = election.calendar.links_expire
        bounces = BounceSettlement(messaging, inbox, receipts, journal, links_expire, utc_now)
        async with recoveries_worker(client, services), by_sms, by_mail:
            yield World(app, environment, clock, sms, mail, inbox, bounces)
    for each in (database, web, recoveries, messaging):
        await each.close()


def _messaging(
    core: Any, election: Any, database: Database, receipts: Receipts, sms: RecordingSms, mail: RecordingMail
) -> list[Any]:
    """Return the activities that send."""
    journal = Journal(database, election, utc_now)
    ledger, states = Ledger(database, journal, utc_now), GatewayStates(database, journal, utc_now)
    vault = Vault(database, key_bytes(core.master_key), utc_now)
    by_sms, by_mail = OnlyGateway(Channel.SMS, sms, states), OnlyGateway(Channel.EMAIL, mail, states)
    sender = MessageSender(database, vault, ledger, receipts, by_sms, by_mail, MESSAGING)
    links = Links(database, key_bytes(core.link_key), core.public_url, utc_now)
    objections = build_objection_links(core, election, database)
    messaging = Messaging(sender, links, objections, build_texts(election, core.public_url), election, utc_now)
    return [messaging.send_link, messaging.send_notice, messaging.send_identifier]


def _without_waits(directory: Path) -> Any:
    election = open_election(directory)
    delivery = election.delivery.model_copy(update={"between_sends": timedelta(0)})
    return election.model_copy(update={"delivery": delivery})


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        *((VotingCodeStory, seed) for seed in range(8)),
        *(
            (kind, seed)
            for kind in (IdentifierStory, PasswordStory, IdentifierAndPasswordStory)
            for seed in range(3)
        ),
    ],
)
async def test_row_and_workflow_agree_after_any_order_of_events(
    world: World, kind: type[Story], seed: int
) -> None:
    """Requests, faults, receipts, bounces, operators' acts, objections, clicks, and time that passes, drawn from a seed."""
    await world.reset()
    story, draw = await story_of(kind, world), Random(seed)  # noqa: S311 - a repeatable order
    told: list[str] = []
    for _ in range(10):
        possible = await story.possible() if told else story.asking
        told.append(draw.choice(list(possible)) if told else next(iter(possible)))
        await possible[told[-1]]()
        try:
            await until(story.agrees)
        except AssertionError:
            pytest.fail(f"{told}: the row says {await story.row()}, the workflow {await story.workflow_status()}")

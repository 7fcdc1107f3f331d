"""Each process has its own PostgreSQL user, which has the privileges that its code needs and no others."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from temporalio.testing import ActivityEnvironment

from activities.config.settings import RollSettings
from activities.evidence.journal import Event, Journal
from activities.gateways.sms.gateway import Receipt
from activities.mailings.campaigns import CampaignAct, Campaigns, PageRequest
from activities.recoveries.identifier_and_password import IdentifierAndPasswordSettlement
from activities.recoveries.links import NewLink
from activities.recoveries.requests import OperatorAct, Renewal, SettledLinks, Settlement
from activities.recoveries.unactivated_identifiers import IdentifierActivation
from activities.recoveries.voting_code import OpenLink, Reissue
from activities.security import sealed_display
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT
from activities.security.vault import Vault, key_id
from activities.sending.ledger import Ledger, Outgoing
from activities.services import build_roll_services
from activities.store.database import Database
from activities.store.tables import metadata
from activities.upkeep.heartbeat import Heartbeat
from activities.upkeep.retention import Retention
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.activities.recoveries.identifier_and_password_harness import IdentifierAndPasswordHarness
from tests.conftest import PostgresServer
from tests.support.clock import Clock
from tests.support.people import CAMILLE, SACHA, Electorate, Person
from tests.support.sealed_claims import WORKFLOW, SealedClaims

_GRANTS = Path(__file__).parents[3] / "activities" / "store" / "grants.sql"
_USERS = ("web", "recoveries", "messaging")
_VERDICT = """INSERT INTO journal (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail)
VALUES ('message:x:judged', now(), '', 'voting_code:request:accepted', '', '', '', 'accepted', '')"""
_REFUSED = "permission denied|violates row-level security"
_KEY = "0f" * 32


@pytest.fixture(scope="module")
def granted(postgres_server: PostgresServer, migrated_database: str) -> Iterator[URL]:
    """The owner's URL of a migrated database on which grants.sql was run twice."""
    owner = make_url(postgres_server.make(migrated_database))
    assert owner.database is not None
    socket = {"PGHOST": str(owner.query["host"]), "PGUSER": str(owner.username), "PGDATABASE": owner.database}
    passwords = {f"{name.upper()}_PASSWORD": f"{name}’s" for name in _USERS}
    for _ in range(2):
        command = [str(postgres_server.embedded.binaries / "psql"), "-v", "ON_ERROR_STOP=1", "-f", str(_GRANTS)]
        subprocess.run(command, env={**os.environ, **socket, **passwords}, check=True)
    yield owner
    postgres_server.drop(owner.render_as_string(hide_password=False))


@pytest_asyncio.fixture
async def signed_in(granted: URL) -> AsyncIterator[Callable[[str], Database]]:
    """A function that connects to the database as a user."""
    opened: list[Database] = []

    def sign_in(name: str) -> Database:
        opened.append(Database(granted.set(username=name).render_as_string(hide_password=False)))
        return opened[-1]

    yield sign_in
    for each in opened:
        await each.close()


def _settings(granted: URL) -> RollSettings:
    values = {"database_url": str(granted), "master_key": _KEY, "link_key": _KEY, "pepper": _KEY}
    return RollSettings.model_validate(values)


async def _enrol(granted: URL, now: Clock, person: Person) -> None:
    owner = Database(granted.render_as_string(hide_password=False))
    await Electorate(owner, KeyedHash(bytes.fromhex(_KEY)), SlowHash(memory_kib=8, passes=1), now).enrol(person)
    await owner.close()


async def test_each_user_has_the_privileges_that_its_process_needs(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """A voting code is recovered, with web, recoveries and messaging as three users."""
    core = _settings(granted)
    web = build_roll_services(core, election, signed_in("web"))
    recoveries = build_roll_services(core, election, signed_in("recoveries"))
    messaging = signed_in("messaging")
    await _enrol(granted, now, CAMILLE)

    claimant = await web.roll.claimant(CAMILLE.work_email)
    assert (await web.sign_in.check(claimant, CAMILLE.password)).verdict is Verdict.ACCEPTED
    _, session = await web.sessions.open(CAMILLE.id)
    await web.sessions.open_voting_space(session)
    drawn = web.captchas.draw(session.id_hash)
    assert await web.captchas.spend(drawn, session.id_hash, await web.captchas.answer(drawn) or "", "form")
    claim, contact = await SealedClaims(web.vault).make("request", "link", CAMILLE)

    assert (await recoveries.requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    await recoveries.requests.renew_link(Renewal(WORKFLOW, CAMILLE.id, "sms", NewLink("link-2")))
    await SignInUnlock(recoveries.database, KeyedHash(bytes.fromhex(_KEY)), election).unlock(
        CAMILLE.work_email, "op"
    )
    await recoveries.requests.note_retry(OperatorAct("act", WORKFLOW, "m.durand", "sms:smpp-timeout"))

    await _send(messaging, core, contact, now)
    place = await web.links.find(web.links.token(WORKFLOW, "link"))
    assert place is not None
    public = sealed_display.public_key_of(sealed_display.new_seed())
    spent = {"link": LinkVerdict.USED}
    click = OpenLink("link", public, web.links.sign_click(WORKFLOW, "link", public))
    settled = SettledLinks(spent, [key_id("request", CONTACT)])
    await recoveries.voting_codes.reissue_voting_code(Reissue(WORKFLOW, CAMILLE.id, "sms", click, settled))
    assert (
        await web.voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)
    ).verdict is Verdict.WRONG_PROOF
    await recoveries.requests.settle(Settlement(WORKFLOW, CAMILLE.id, "run", Stage.REISSUED, ["x"], spent))
    await Heartbeat(signed_in("recoveries"), now).beat(["recoveries"])
    assert await Heartbeat(signed_in("web"), now).silent(["recoveries", "messaging"]) == []
    await web.sessions.end(session)
    await Retention(signed_in("recoveries"), now(), now).purge_expired()
    await Retention(messaging, now(), now).purge_receipts()


async def test_identifier_and_password_are_reissued_by_the_recoveries_user(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """2011: the web's user judges the proofs and seals the contact; the recoveries' user changes the credentials."""
    core = _settings(granted)
    web = build_roll_services(core, election, signed_in("web"))
    recoveries = build_roll_services(core, election, signed_in("recoveries"))
    await _enrol(granted, now, SACHA)

    harness = IdentifierAndPasswordHarness(
        recoveries.identifier_and_password, web.roll, web.vault, web.links, web.sign_in
    )
    assert (
        await recoveries.identifier_and_password.judge_identifier_and_password(
            await harness.claim("both", "c", SACHA)
        )
    ).verdict is Verdict.ACCEPTED
    judged = await web.identifier_and_password.proof.check(SACHA.id, "try", SACHA.numen, "97")
    assert judged.verdict is Verdict.ACCEPTED
    order = await harness.order(sealed_display.new_seed(), "both", SACHA)
    await recoveries.identifier_and_password.reissue_identifier_and_password(order)
    activation = IdentifierActivation(order.workflow_id, "both", Channel.EMAIL, sends_notice=False)
    assert (await recoveries.identifiers.activate_identifier(activation)).is_active
    settlement = Settlement(order.workflow_id, SACHA.id, "both", Stage.REISSUED, ["x"])
    await recoveries.identifier_and_password.settle_identifier_and_password(
        IdentifierAndPasswordSettlement(settlement, ["another"])
    )
    assert not await harness.password_is_right(SACHA.password, SACHA)


async def test_a_campaign_needs_only_the_recoveries_user(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """2011: it counts the roll, reads the electors to reach, and journals the operator's action."""
    services = build_roll_services(_settings(granted), election, signed_in("recoveries"))
    started: list[str] = []

    async def start(_subject: str, elector_id: str, _request_id: str, _campaign: str) -> None:
        started.append(elector_id)

    campaigns = Campaigns(services.database, services.roll, Journal(services.database, election.id, now), start)
    on_the_roll = (await campaigns.count_electors("envoi-9")).total
    await ActivityEnvironment().run(campaigns.send_page, PageRequest("envoi-9", "", 100, 1000))
    assert len(started) == on_the_roll
    await campaigns.note_campaign(
        CampaignAct("act-9", "campaign/default/envoi-9", Event.CAMPAIGN_BEGUN, "m.durand")
    )


async def _send(messaging: Database, core: RollSettings, contact: str, now: Clock) -> None:
    vault, ledger = (
        Vault(messaging, bytes.fromhex(core.master_key.get_secret_value()), now),
        Ledger(messaging, Journal(messaging, "default", now), now),
    )
    assert await vault.unseal(WORKFLOW, "request", CONTACT, contact)
    outgoing = Outgoing("message", WORKFLOW, "link", "sms", "smpp")
    await ledger.begin(outgoing)
    await ledger.accepted(outgoing, ("1",))
    await ledger.received(Receipt("smpp", "1", delivered=True, reason="", at=now()))
    for fate in await ledger.unreported():
        await ledger.mark_reported(fate)
    async with messaging.writing() as connection:
        await vault.destroy(connection, ["notice"])
    await Heartbeat(messaging, now).beat(["messaging"])


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("web", "UPDATE credentials SET hash = ''"),
        ("web", "INSERT INTO credentials (id) VALUES ('mine')"),
        ("web", "UPDATE links SET ending = NULL"),
        ("web", "DELETE FROM vault_keys"),
        ("web", "SELECT * FROM journal"),
        ("web", "SELECT * FROM messages"),
        ("recoveries", "DELETE FROM journal"),
        ("recoveries", "UPDATE journal SET actor = ''"),
        ("recoveries", "DELETE FROM credentials"),
        ("recoveries", "UPDATE electors SET work_email = 'x@ac-lyon.fr'"),
        ("recoveries", "SELECT * FROM sessions"),
        ("recoveries", "SELECT form_hash FROM captchas"),
        ("messaging", "SELECT * FROM electors"),
        ("messaging", "SELECT * FROM activations"),
        ("messaging", "SELECT * FROM credentials"),
        ("messaging", "SELECT * FROM links"),
        ("messaging", "SELECT * FROM journal"),
        ("messaging", "DELETE FROM messages"),
        ("messaging", _VERDICT),
        ("messaging", "INSERT INTO vault_keys (id) VALUES ('mine')"),
        ("web", "CREATE TABLE mine (id int)"),
    ],
)
def test_a_statement_beyond_a_user_s_privileges_is_refused(granted: URL, name: str, statement: str) -> None:
    """An attacker who controls one process cannot do what only another process needs."""
    engine = create_engine(granted.set(username=name))
    with engine.connect() as connection, pytest.raises(ProgrammingError, match=_REFUSED):
        connection.execute(text(statement))
    engine.dispose()


def test_every_table_has_grants() -> None:
    """A new table must be added to grants.sql."""
    granted = {
        word.strip(",;") for line in _GRANTS.read_text().splitlines() if " ON " in line for word in line.split()
    }
    assert set(metadata.tables) <= granted

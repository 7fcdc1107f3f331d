"""Each process has its own PostgreSQL user, which has the privileges that its code needs and no others."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import URL, create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.bounces.settlement import BounceSettlement
from activities.config.clock import utc_now
from activities.config.settings import RollSettings
from activities.console_services import build_console_services
from activities.evidence.access_trace import Access, AccessTrace, AddressHashes
from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Event, Journal
from activities.evidence.process_start import record_start
from activities.gateways.identity.provider import VerifiedOperator
from activities.gateways.recording import RecordingMail
from activities.gateways.sms.gateway import Receipt
from activities.mailing_services import build_mailings
from activities.mailings.mailings import MailingAct, PageOrder
from activities.mailings.sender import SendOrder
from activities.progress import rows as progress
from activities.progress.failure_filter import FailureFilter
from activities.progress.reader import ProgressReader
from activities.progress.rows import LinkOf
from activities.recoveries import clicks
from activities.recoveries.identifier_and_password import IdentifierAndPasswordSettlement
from activities.recoveries.links import NewLink
from activities.recoveries.objection import ObjectionClick, ObjectionOrder
from activities.recoveries.requests import Renewal
from activities.recoveries.settlements import OperatorAct, SettledLinks, Settlement
from activities.recoveries.unactivated_identifiers import IdentifierActivation
from activities.recoveries.voting_code import OpenLink, Reissue
from activities.roll_import.fictional_roll import people
from activities.roll_import.lines import Column
from activities.roll_uploads.elector_change import ElectorChange, sealable
from activities.roll_uploads.orders import UploadKind, UploadState
from activities.routing.measures import GatewayMeasures
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.security import purposes, sealed_display
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.purposes import CONTACT
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.receipts import Receipts
from activities.services import build_roll_services
from activities.store.all_tables import metadata
from activities.store.database import Database
from activities.store.grants import _RIGHTS, USERS, grant
from activities.store.tables import journal, journal_seals, messages, segments
from activities.upkeep.allow_reissues import ReissueAllowance
from activities.upkeep.elector_requests import ElectorRequests
from activities.upkeep.heartbeat import Heartbeat
from activities.upkeep.recovery_metrics import RecoveryMetrics
from activities.upkeep.retention import Retention
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.activities.mailings.post import sender_of
from tests.activities.recoveries.identifier_and_password_harness import IdentifierAndPasswordHarness
from tests.conftest import PostgresServer
from tests.support.clock import Clock
from tests.support.console_app import console_settings
from tests.support.people import CAMILLE, SACHA, Electorate, Person
from tests.support.roll_uploads import RollUploadProcesses, file_of
from tests.support.sealed_claims import WORKFLOW, SealedClaims
from tests.support.signing import KEYS, MESSAGING, WEB
from tests.support.web_app import open_election

_ELECTION = Path("election/demo.toml")
PASSWORDS = {name: f"{name}’s" for name in USERS}
_ENTRY = """INSERT INTO journal (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail,
wording, address_hash, expires_at) VALUES ('{}', now(), '', '{}', '{}', '', '', 'accepted', '', '', '', now() + interval '4 years')"""
_VERDICT = _ENTRY.format("message:x:judged", "voting_code:request:accepted", "")
_TRACE = _ENTRY.format("access:x", "access:sign_in:accepted", "")
_MESSAGE = _ENTRY.format("message:x", "message:send:accepted", "")
_START = _ENTRY.format("process:{role}:x", "process:role:started", "{role}")
_NUMBERED = _TRACE.replace("(entry_id", "(number, entry_id").replace(
    "VALUES (", "OVERRIDING SYSTEM VALUE VALUES (9, "
)
_REFUSED = "permission denied|violates row-level security"
_KEY = "0f" * 32
_OBJECTOR = Person("b" * 32, "ange.roc@ac-lyon.fr", "18E1234569ABC", "2 85 05 2A 008")
_MAILED = Person("e" * 32, "maud.ile@ac-lyon.fr", "18E1234568ABC", "2 85 05 2A 007")


@pytest.fixture(scope="module")
def granted(postgres_server: PostgresServer, migrated_database: str) -> Iterator[URL]:
    """The owner's URL of a migrated database on which rights were set twice."""
    owner = make_url(postgres_server.make(migrated_database))
    assert owner.database is not None
    url = owner.render_as_string(hide_password=False)
    assert grant(url, PASSWORDS)
    assert grant(url, PASSWORDS, again=True)
    yield owner
    postgres_server.drop(url)


@pytest.fixture
def now() -> Clock:
    """A clock that agrees with the database's, which refuses its users an entry of another time."""
    return Clock(datetime.now(UTC))


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    """An election that takes requests now."""
    return open_election(tmp_path_factory.mktemp("open_election"))


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
    values = {
        "election": "election/demo.toml",
        "database_url": str(granted),
        "master_key": _KEY,
        "link_key": _KEY,
        "pepper": _KEY,
    }
    return RollSettings.model_validate(values)


async def _enrol(granted: URL, now: Clock, person: Person) -> None:
    owner = Database(granted.render_as_string(hide_password=False))
    keyed = KeyedHash(bytes.fromhex(_KEY))
    await Electorate(owner, keyed, SlowHash(keyed, memory_kib=8, passes=1), now).enrol(person)
    await owner.close()


async def test_each_user_has_the_privileges_that_its_process_needs(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """A voting code is recovered, with web, recoveries and messaging as three users."""
    core = _settings(granted)
    web = build_roll_services(core, election, signed_in("web"))
    recoveries = build_roll_services(core, election, signed_in("recoveries"), KEYS)
    messaging = signed_in("messaging")
    await _enrol(granted, now, CAMILLE)

    claimant = await web.roll.claimant(CAMILLE.work_email)
    assert (await web.sign_in.check(claimant, CAMILLE.password)).verdict is Verdict.ACCEPTED
    checked = await web.sign_in.password_credential(claimant)
    assert await web.sign_in.renew_hash(claimant, CAMILLE.password, checked) != checked
    _, session = await web.sessions.open(CAMILLE.id)
    await web.sessions.open_voting_space(session)
    drawn = web.captchas.draw(session.id_hash)
    assert await web.captchas.spend(drawn, session.id_hash, await web.captchas.answer(drawn) or "", "form")
    claim, contact = await SealedClaims(web.vault).make("request", "link", CAMILLE)

    assert (await recoveries.requests.judge_challenge(claim)).verdict is Verdict.ACCEPTED
    renewal = Renewal(WORKFLOW, CAMILLE.id, "sms", NewLink("link-2"), "request", contact)
    assert (await recoveries.requests.renew_link(renewal)).verdict is Verdict.ACCEPTED
    allowance = ReissueAllowance(recoveries.database, KeyedHash(bytes.fromhex(_KEY)), election)
    assert await allowance.allow(CAMILLE.work_email, "op", 1) == election.voting_code_recovery.reissues + 1
    assert await web.identifiers.requests_left(CAMILLE.id) == election.identifier_recovery.max_requests
    assert await web.voting_codes.reissues.left(CAMILLE.id) == election.voting_code_recovery.reissues + 1
    await SignInUnlock(recoveries.database, KeyedHash(bytes.fromhex(_KEY)), election).unlock(
        CAMILLE.work_email, "op"
    )
    await recoveries.settlements.note_retry(
        OperatorAct("act", WORKFLOW, "m.durand", "sms:smpp-timeout", link_id="link-2", send_number=2)
    )

    await _send(messaging, election, core, contact, now)
    place = await web.links.find(web.links.token(WORKFLOW, "link"))
    assert place is not None
    public = sealed_display.public_key_of(sealed_display.new_seed())
    spent = {"link": LinkVerdict.USED}
    click = clicks.signed(WEB, WORKFLOW, OpenLink("link", public))
    settled = SettledLinks(spent, [key_id("request", CONTACT)])
    await recoveries.voting_codes.reissue_voting_code(Reissue(WORKFLOW, CAMILLE.id, "sms", click, settled))
    assert (
        await web.voting_codes.check_voting_code(CAMILLE.id, CAMILLE.voting_code)
    ).verdict is Verdict.WRONG_PROOF
    await recoveries.settlements.settle(Settlement(WORKFLOW, CAMILLE.id, "run", Stage.REISSUED, ["x"], spent))
    await Heartbeat(signed_in("recoveries")).beat(["recoveries"])
    assert len((await web.elector_records.read(CAMILLE.id, now() + timedelta(days=1))).evidence) >= 5
    assert await Heartbeat(signed_in("web")).silent(["recoveries", "messaging"]) == []
    await web.sessions.end(session)
    await Retention(signed_in("recoveries"), now(), now).purge_expired()
    await Retention(messaging, now(), now).purge_receipts()


async def test_pages_follow_a_recovery_as_the_web_s_user(
    granted: URL, signed_in: Callable[[str], Database], election: Election
) -> None:
    """The page, its stream and its reader, the health check and the metrics read rows; so does the console, without the hint."""
    core, link = _settings(granted), LinkOf("code-de-vote/followed", "link")
    web = build_roll_services(core, election, signed_in("web"))
    async with signed_in("recoveries").writing() as connection:
        end = election.calendar.links_expire
        await progress.begin(connection, link, Channel.SMS, hint="•• 78", sends_left=3, dies_at=end)
    before = await web.progress.now() - timedelta(minutes=1)
    found = await web.progress.find(link.workflow_id)
    assert found is not None
    assert found.progress.hint == "•• 78"
    assert await web.progress.of([link.workflow_id]) == [found]
    assert await web.progress.changed_since(before, {link.workflow_id}) == [found]
    assert await web.progress.warnings() is not None
    await web.ledger.recent_delay(Channel.SMS)
    await RecoveryMetrics(web.database, election.delivery, utc_now).refresh()
    console = await ProgressReader(signed_in("console"), shows_hint=False).find(link.workflow_id)
    assert console == found._replace(progress=replace(found.progress, hint=""))


async def test_identifier_and_password_are_reissued_by_the_recoveries_user(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """2011: the web's user judges the proofs and seals the contact; the recoveries' user changes the credentials."""
    core = _settings(granted)
    web = build_roll_services(core, election, signed_in("web"))
    recoveries = build_roll_services(core, election, signed_in("recoveries"), KEYS)
    await _enrol(granted, now, SACHA)

    harness = IdentifierAndPasswordHarness(
        recoveries.identifier_and_password, web.roll, web.vault, web.links, web.sign_in
    )
    assert (
        await recoveries.identifier_and_password.judge_identifier_and_password(
            await harness.claim("both", person=SACHA)
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


async def test_a_roll_is_uploaded_by_the_console_s_user_and_imported_by_the_roll_s_user(
    signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """Judged, confirmed, imported; one elector is changed; another file removes them again; what waits too long expires."""
    keyed = KeyedHash(bytes.fromhex(_KEY))
    console = RollUploadProcesses(signed_in("console"), keyed, election, now)
    roll = RollUploadProcesses(signed_in("roll"), keyed, election, now)
    one, other = people(2)
    moved = {Column.WORK_EMAIL: f"nouvelle.{one[Column.WORK_EMAIL]}"}
    typed = sealable(ElectorChange(one[Column.WORK_EMAIL], {**moved, Column.USED_NAME: "Nouveau-Nom"}))
    for kind, content in (
        (UploadKind.ADD, file_of(people(2))),
        (UploadKind.CHANGE, typed),
        (UploadKind.REMOVE, file_of([{**one, **moved}, other])),
    ):
        upload = await console.upload(content, kind, reason="mariage")
        assert await roll.check(upload) is UploadState.CHECKED
        entry = await console.store.add_entry(upload, typed) if kind is UploadKind.CHANGE else 0
        assert await roll.carry_out(roll.decision(upload, entry=entry)) is UploadState.IMPORTED
    abandoned = await console.upload(file_of(people(2)))
    assert await roll.carry_out(roll.decision(abandoned, confirms=False)) is UploadState.ABANDONED
    found = {each.id: each.state for each in await console.store.recent()}
    assert (len(found), found[abandoned.id]) == (4, UploadState.ABANDONED)
    assert await roll.rows.expire() == 0
    await Heartbeat(signed_in("roll")).beat(["roll"])
    await record_start(signed_in("roll"), election, _ELECTION, now, "roll")


async def test_an_objection_is_found_by_the_web_s_user_and_made_by_the_recoveries_user(
    granted: URL, signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """The web signs the click that it has found the notice for; the command that lifts the pause needs the other user too."""
    core = _settings(granted)
    web = build_roll_services(core, election, signed_in("web"))
    recoveries = build_roll_services(core, election, signed_in("recoveries"), KEYS)
    await _enrol(granted, now, _OBJECTOR)
    workflow_id = workflow_id_of(Procedure.VOTING_CODE, _OBJECTOR.id)
    async with recoveries.database.writing() as connection:
        await recoveries.objection_links.register(connection, workflow_id, "objected", _OBJECTOR.id)
    found = await web.objection_links.find(web.objection_links.token(workflow_id, "objected"))
    assert found is not None
    click = clicks.signed(WEB, found.workflow_id, ObjectionClick(found.notice_id))
    made = await recoveries.objections.make_objection(ObjectionOrder(found.workflow_id, click, "run"))
    assert made.verdict is LinkVerdict.LIVE
    assert await web.objection_pauses.refusal(_OBJECTOR.id) is Verdict.OBJECTED
    helping = ElectorRequests(recoveries.database, KeyedHash(bytes.fromhex(_KEY)), election)
    assert (await helping.unlock(_OBJECTOR.work_email, "m.durand")).had_objected
    assert await web.objection_pauses.refusal(_OBJECTOR.id) is None


async def test_a_mailing_needs_the_users_of_both_roles_and_shows_the_sender_no_address(
    granted: URL, signed_in: Callable[[str], Database], election: Election, temporal: Client, now: Clock
) -> None:
    """2011: one prepares, asks and journals; the other claims, sends and notes, and can read no elector."""
    services = build_roll_services(_settings(granted), election, signed_in("recoveries"))
    await _enrol(granted, now, _MAILED)

    async def ask(*_: str) -> None:
        """Ask nobody."""

    mailings = build_mailings(services, election, KEYS, ask)
    order = PageOrder("envoi-9", "envoi/default/envoi-9", 100)
    assert (await mailings.prepare_page(order)).written == await mailings.count_roll()
    messaging, relay = signed_in("messaging"), RecordingMail("smtp")
    sender = sender_of(messaging, Journal(messaging, election, now), services.links, relay, now)
    send = SendOrder("envoi-9", per_second=1000, seconds=60, most=100)
    report = await ActivityEnvironment().run(sender.send_mailing, send)
    assert report.answered == len(relay.sent) == await mailings.count_roll()
    await _settle_bounce(messaging, election, temporal, relay.sent[0].message_id, now)
    await mailings.retry_page(replace(order, cause="smtp-550"))
    await mailings.note_mailing(MailingAct("act-9", order.workflow_id, Event.MAILING_ENDED, "m.durand"))
    for forbidden in ("SELECT work_email FROM electors", "SELECT token_hash FROM links", "DELETE FROM outbox"):
        async with messaging.reading() as connection:
            with pytest.raises(ProgrammingError, match=_REFUSED):
                await connection.execute(text(forbidden))
    async with signed_in("web").reading() as connection:
        with pytest.raises(ProgrammingError, match=_REFUSED):
            await connection.execute(text("SELECT elector_id FROM outbox"))


async def test_messaging_has_the_keys_of_what_it_sends_and_no_others(
    signed_in: Callable[[str], Database], now: Clock
) -> None:
    """It opens and destroys those; keys of proofs and of chosen passwords it neither finds nor deletes."""
    unsent = {purposes.PROOFS, purposes.NEW_HASH}
    every = {value for name, value in vars(purposes).items() if name.isupper()}
    web, recoveries, messaging = (
        Vault(signed_in(name), bytes.fromhex(_KEY), now) for name in ("web", "recoveries", "messaging")
    )
    sealed = await web.seal(WORKFLOW, "sealed", dict.fromkeys(every, "clear"))
    for purpose in every - unsent:
        assert await messaging.unseal(WORKFLOW, "sealed", purpose, sealed[purpose]) == "clear"
    for purpose in unsent:
        with pytest.raises(EnvelopeError, match="destroyed"):
            await messaging.unseal(WORKFLOW, "sealed", purpose, sealed[purpose])
    async with signed_in("messaging").writing() as connection:
        await messaging.destroy(connection, [key_id("sealed", purpose) for purpose in every])
    assert await recoveries.kept("sealed", every) == unsent


async def test_the_console_s_user_reads_what_operators_are_shown(
    granted: URL, signed_in: Callable[[str], Database], election: Election
) -> None:
    """It opens and ends sessions, with entries in the journal, and reads rows, heartbeats and messages."""
    settings = console_settings(granted.set(username="console").render_as_string(hide_password=False))
    console = build_console_services(settings, election, signed_in("console"))
    maud = VerifiedOperator("s" * 64, "m.durand", "Maud Durand", frozenset())
    assert await console.sessions.open(maud, "operateur", "state")
    other = await console.sessions.open(maud, "operateur", "state-2")
    session = await console.sessions.find(other or "")
    assert session is not None
    await console.sessions.end(session)
    await console.overview.read()
    await console.overview.ended()
    await console.delivery_shares.of_last(timedelta(hours=1))
    await console.heartbeat.silences()
    await console.failures.groups(FailureFilter())
    await console.progress.find("code-de-vote/x/0000-0000-0000")
    await console.timeline.of("code-de-vote/x/0000-0000-0000")
    await console.by_reference.find("0000-0000-0000")
    await console.bulk_acts.recent()
    await console.mailings.electors()
    await console.mailings.mailings()
    await console.mailings.by_hour("envoi-1")
    await console.mailings.by_domain("envoi-1")
    async with console.database.reading() as connection:
        for readable in (journal, journal_seals, messages, segments):
            await connection.execute(select(readable))


async def test_each_process_adds_its_own_start_and_the_web_its_traces(
    signed_in: Callable[[str], Database], election: Election, now: Clock
) -> None:
    """Web and messaging add what the journal expects of them, and the recoveries' user seals it."""
    web = signed_in("web")
    hashes = AddressHashes(web, KeyedHash(bytes.fromhex(_KEY)), now)
    trace = AccessTrace(web, Journal(web, election, now), hashes)
    await trace.note(Access.SIGN_IN, "subject", Verdict.PAUSED, "192.0.2.1")
    for role in USERS:
        await record_start(signed_in(role), election, _ELECTION, now, role)
    assert (await Sealing(signed_in("recoveries"), now).seal()).position >= 4
    assert await Retention(signed_in("recoveries"), now(), now).purge_expired() >= 0


async def _settle_bounce(
    messaging: Database, election: Election, temporal: Client, message_id: str, now: Clock
) -> None:
    inbox, journal = BounceInbox(messaging, bytes.fromhex(_KEY), now), Journal(messaging, election, now)
    receipts = Receipts(Ledger(messaging, journal, now), temporal, MESSAGING, election)
    await inbox.note(message_id, BounceReport(BounceKind.FINAL, "5.1.1"))
    await BounceSettlement(messaging, inbox, receipts, journal, now(), now).settle()
    async with messaging.reading() as connection:
        failed = await connection.execute(text("SELECT state FROM outbox WHERE state = 'failed'"))
        assert failed.scalars().all() == ["failed"]


async def _send(messaging: Database, election: Election, core: RollSettings, contact: str, now: Clock) -> None:
    vault, ledger = (
        Vault(messaging, bytes.fromhex(core.master_key.get_secret_value()), now),
        Ledger(messaging, Journal(messaging, election, now), now),
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
    await Heartbeat(messaging).beat(["messaging"])
    states = GatewayStates(messaging, Journal(messaging, election, now), now)
    await states.register([NewGateway("smpp", Channel.SMS, 100)])
    assert await carry_out(states, GatewayOrder("smpp", GatewayAct.SUSPEND, "op"))
    measures = GatewayMeasures(messaging, election.gateways, now)
    async with messaging.writing() as connection:
        await measures.note_error(connection, "smpp")
    assert (await measures.measured(Channel.SMS))["smpp"].errors == 1
    await measures.purge()
    assert (await ledger.earlier_tries("message")).accepted_by == "smpp"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("web", "UPDATE credentials SET hash = ''"),
        ("web", "INSERT INTO credentials (id) VALUES ('mine')"),
        ("web", "UPDATE links SET ending = NULL"),
        ("web", "DELETE FROM vault_keys"),
        ("web", "SELECT * FROM journal"),
        ("web", "SELECT * FROM messages"),
        ("web", "SELECT phone_hash FROM generated_identifiers"),
        ("web", "SELECT identifier_hash, mac FROM generated_identifiers"),
        ("web", "SELECT envelope FROM generated_identifiers"),
        ("web", "UPDATE generated_identifiers SET counted = false"),
        ("web", _VERDICT.replace("message:x", "access:x")),
        ("web", _TRACE.replace("access:x", "link:judged")),
        ("web", _START.format(role="recoveries")),
        ("web", _NUMBERED),
        ("messaging", _NUMBERED.replace("access:x", "message:x").replace("access:sign_in", "message:send")),
        ("recoveries", _NUMBERED),
        ("web", "SELECT nextval('journal_number_seq')"),
        ("web", _TRACE.replace("now()", "now() - interval '6 minutes'", 1)),
        ("web", _TRACE.replace("now()", "now() + interval '6 minutes'", 1)),
        ("web", _TRACE.replace("4 years", "23 hours")),
        ("web", _START.format(role="web").replace("4 years", "1 year")),
        ("messaging", _MESSAGE.replace("now()", "now() - interval '6 minutes'", 1)),
        ("messaging", _MESSAGE.replace("4 years", "1 year")),
        ("web", "DELETE FROM address_keys"),
        ("web", "UPDATE objections SET lifted_at = now()"),
        ("web", "INSERT INTO objections (token_hash) VALUES ('mine')"),
        ("messaging", "SELECT * FROM objections"),
        ("web", "SELECT * FROM journal_seals"),
        ("web", "SELECT purge_expired_traces(1)"),
        ("recoveries", "DELETE FROM journal"),
        ("recoveries", "DELETE FROM journal_seals"),
        ("recoveries", "SELECT key FROM address_keys"),
        ("recoveries", "UPDATE journal SET actor = ''"),
        ("recoveries", "DELETE FROM credentials"),
        ("console", "SELECT sealed FROM roll_pieces"),
        ("console", "UPDATE roll_uploads SET state = 'confirmed'"),
        ("console", "INSERT INTO roll_uploads (id, state) VALUES ('x', 'confirmed')"),
        ("console", "DELETE FROM roll_uploads"),
        ("recoveries", "SELECT sealed FROM roll_pieces"),
        ("roll", "SELECT * FROM credentials"),
        ("roll", "SELECT * FROM activations"),
        ("roll", "SELECT * FROM vault_keys"),
        ("roll", "SELECT token_hash FROM links"),
        ("roll", "SELECT * FROM journal"),
        ("roll", _VERDICT),
        ("roll", "INSERT INTO roll_uploads (id) VALUES ('x')"),
        ("recoveries", "UPDATE electors SET work_email = 'x@ac-lyon.fr'"),
        ("recoveries", "SELECT * FROM sessions"),
        ("recoveries", "SELECT form_hash FROM captchas"),
        ("messaging", "SELECT * FROM electors"),
        ("messaging", "DELETE FROM gateway_changes"),
        ("web", "SELECT * FROM gateways"),
        ("web", "DELETE FROM captchas"),
        ("recoveries", "DELETE FROM gateways"),
        ("console", "UPDATE gateways SET is_suspended = true"),
        ("messaging", "SELECT * FROM activations"),
        ("messaging", "SELECT * FROM credentials"),
        ("messaging", "SELECT token_hash FROM links"),
        ("messaging", "SELECT workflow_id FROM links"),
        ("messaging", "SELECT * FROM journal"),
        ("messaging", "SELECT * FROM elector_record('c', ARRAY[]::text[])"),
        ("recoveries", "SELECT renew_password_hash('c', 'x', 'y')"),
        ("messaging", "SELECT renew_password_hash('c', 'x', 'y')"),
        ("messaging", "DELETE FROM messages"),
        ("messaging", _VERDICT),
        ("messaging", _TRACE),
        ("messaging", _START.format(role="web")),
        ("messaging", "SELECT * FROM address_keys"),
        ("messaging", "INSERT INTO vault_keys (id) VALUES ('mine')"),
        ("console", "SELECT hint FROM progress"),
        ("console", "SELECT sealed FROM outbox"),
        ("console", "SELECT elector_id FROM outbox"),
        ("console", "SELECT link_id FROM outbox"),
        ("console", "SELECT id FROM electors"),
        ("messaging", "SELECT count_electors()"),
        ("console", "SELECT * FROM vault_keys"),
        ("console", "SELECT * FROM links"),
        ("console", "SELECT * FROM sessions"),
        ("console", "SELECT * FROM credentials"),
        ("console", "SELECT key FROM address_keys"),
        ("console", "UPDATE progress SET stage = 'Cancelled'"),
        ("console", "UPDATE journal SET actor = ''"),
        ("console", _VERDICT.replace("message:x", "console:x")),
        ("console", _ENTRY.format("message:x", "operator:send:retried", "m.durand")),
        ("console", _START.format(role="web")),
        ("web", "SELECT * FROM operator_sessions"),
        ("recoveries", "SELECT * FROM operator_sessions"),
        ("messaging", "SELECT * FROM operator_sessions"),
        *((name, f"CREATE {kind} mine (id int)") for name in USERS for kind in ("TABLE", "TEMPORARY TABLE")),
    ],
)
def test_a_statement_beyond_a_user_s_privileges_is_refused(granted: URL, name: str, statement: str) -> None:
    """An attacker who controls one process cannot do what only another process needs."""
    engine = create_engine(granted.set(username=name))
    with engine.connect() as connection, pytest.raises(ProgrammingError, match=_REFUSED):
        connection.execute(text(statement))
    engine.dispose()


def test_an_entry_has_the_time_of_its_statement_and_not_of_its_transaction(granted: URL) -> None:
    """Which may have begun long before, as that of an upload: here the latest instant that is allowed is after its begin."""
    engine = create_engine(granted.set(username="web"))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text(_TRACE.replace("now()", "clock_timestamp() + interval '5 minutes'", 1)))
    engine.dispose()


@pytest.fixture
def with_temporary_tables(granted: URL) -> Iterator[None]:
    """Gives every user the right to make temporary tables, which grants.sql has revoked."""
    owner = create_engine(granted, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(f'GRANT TEMPORARY ON DATABASE "{granted.database}" TO PUBLIC'))
        yield
        connection.execute(text(f'REVOKE TEMPORARY ON DATABASE "{granted.database}" FROM PUBLIC'))
    owner.dispose()


# What an attacker would put in the place of our tables: rows of its own, and code that runs when they are changed.
_ALIEN = """CREATE FUNCTION pg_temp.run() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'it ran with the rights of %', current_user; END $$;
CREATE TEMPORARY TABLE journal_seals AS SELECT 1 AS number, 1 AS position;
CREATE TEMPORARY TABLE journal AS SELECT 1 AS number, now() AS recorded_at, 'access:x' AS event, 'c' AS actor,
    '' AS workflow_id, '' AS channel, '' AS outcome, now() AS expires_at;
GRANT ALL ON pg_temp.journal_seals, pg_temp.journal TO PUBLIC;
CREATE TRIGGER alien BEFORE INSERT OR DELETE ON pg_temp.journal_seals EXECUTE FUNCTION pg_temp.run();
CREATE TRIGGER alien BEFORE INSERT OR DELETE ON pg_temp.journal EXECUTE FUNCTION pg_temp.run()"""


@pytest.mark.usefixtures("with_temporary_tables")
@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("web", _TRACE),
        ("messaging", _MESSAGE),
        ("web", "SELECT * FROM elector_record('c', ARRAY[]::text[])"),
        ("recoveries", "SELECT purge_expired_traces(1)"),
    ],
)
def test_a_temporary_table_is_never_taken_for_one_of_ours(granted: URL, name: str, statement: str) -> None:
    """What runs with the owner's rights runs no code of the caller's, and reads no row of the caller's."""
    engine = create_engine(granted.set(username=name))
    with engine.connect() as connection:
        connection.execute(text(_ALIEN))
        found = connection.execute(text(statement.replace("INTO journal", "INTO public.journal")))
        assert not found.returns_rows or not found.scalar()
    engine.dispose()


def test_functions_search_no_schema_that_a_user_could_fill(granted: URL) -> None:
    """Each function of ours names its search path, with the temporary tables last."""
    engine = create_engine(granted)
    with engine.connect() as connection:
        ours = "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        paths = {row.proname: row.proconfig for row in connection.execute(text(ours))}
    engine.dispose()
    assert "await_seal" in paths
    assert set(map(str, paths.values())) == {"['search_path=pg_catalog, pg_temp']"}


def test_every_table_has_grants() -> None:
    """A new table must be added to grants.sql."""
    granted = {
        word.strip(",;") for line in _RIGHTS.read_text().splitlines() if " ON " in line for word in line.split()
    }
    assert set(metadata.tables) <= granted

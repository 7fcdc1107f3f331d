"""The services under test, built for each test on its own database."""

import shutil
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.accounts.credentials import Credentials
from activities.accounts.password_wait import PasswordWait
from activities.accounts.roll import Roll
from activities.evidence.journal import Journal
from activities.gateways.recording import RecordingMail, RecordingSms
from activities.limits.quotas import Quotas
from activities.limits.reissue_limit import ReissueLimit
from activities.limits.sms_limits import SmsLimits
from activities.objections.links import ObjectionLinks
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.recoveries.links import Links
from activities.recoveries.request_notices import RequestNotices, SealedNotices
from activities.recoveries.requests import Requests
from activities.recoveries.settlements import Settlements
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.routing.gateways import OnlyGateway
from activities.routing.states import GatewayStates
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sending.contacts import foreign_country_of
from activities.sending.ledger import Ledger
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.rules.proofs import Datum
from election.rules.sms import SmsRules
from election.settings import Election, load
from election.stages import Channel
from tests.support.clicked_link import LINK_KEY
from tests.support.clock import Clock
from tests.support.mail_texts import texts_of
from tests.support.people import Electorate
from tests.support.receipt_listener import ReceiptListener
from tests.support.sealed_claims import SealedClaims
from tests.support.signing import KEYS, MESSAGING


@pytest.fixture(scope="session")
def election() -> Election:
    """The default election: five free attempts, then pauses that double from a minute to an hour."""
    return load(Path(__file__).parents[2] / "election" / "demo.toml")


@pytest.fixture
def electorate(database: Database, keyed_hash: KeyedHash, slow_hash: SlowHash, now: Clock) -> Electorate:
    """An empty roll, into which a test inserts the electors that it needs."""
    return Electorate(database, keyed_hash, slow_hash, now)


@pytest.fixture
def attempts(database: Database, election: Election, now: Clock) -> Attempts:
    """Counted attempts."""
    return Attempts(database, election.attempts, now)


@pytest.fixture
def vault(database: Database, now: Clock) -> Vault:
    """The vault."""
    return Vault(database, b"master key of the tests 32 bytes", now)


@pytest.fixture
def links(database: Database, now: Clock) -> Links:
    """One-time links."""
    return Links(database, LINK_KEY, "https://elections.exemple.fr/", now)


@pytest.fixture
def journal(database: Database, election: Election, now: Clock) -> Journal:
    """The journal."""
    return Journal(database, election, now)


@pytest.fixture
def terms(election: Election, now: Clock) -> Terms:
    """The terms of recoveries."""
    return Terms(election, KEYS, now)


@pytest.fixture
def roll(database: Database, keyed_hash: KeyedHash) -> Roll:
    """The roll, as the web reads it."""
    return Roll(database, keyed_hash)


@pytest.fixture
def challenge(
    database: Database, keyed_hash: KeyedHash, slow_hash: SlowHash, attempts: Attempts
) -> ChallengeProof:
    """The proof by challenge question and NUMEN or NIR."""
    return ChallengeProof(database, keyed_hash, slow_hash, attempts, (Datum.NUMEN, Datum.NIR), None)


@pytest.fixture
def identity(database: Database, keyed_hash: KeyedHash, attempts: Attempts) -> IdentityProof:
    """The proof by an identity that FranceConnect returns."""
    return IdentityProof(database, keyed_hash, attempts)


@pytest.fixture
def sms_limits(keyed_hash: KeyedHash, now: Clock) -> SmsLimits:
    """The limits on SMS, as they are by default."""
    return SmsLimits(keyed_hash, SmsRules(), foreign_country_of, now)


@pytest.fixture
def reissues(database: Database) -> ReissueLimit:
    """A limit of new voting codes that is high enough for every test but its own."""
    return ReissueLimit(database, 100)


@pytest.fixture
def password_wait(database: Database, now: Clock) -> PasswordWait:
    """The wait of a day after the recovery of a password."""
    return PasswordWait(database, timedelta(days=1), now)


@pytest.fixture
def pending(
    database: Database, keyed_hash: KeyedHash, election: Election, vault: Vault, now: Clock
) -> UnactivatedIdentifiers:
    """Identifiers that are not activated yet."""
    quotas = Quotas(election)
    return UnactivatedIdentifiers(database, keyed_hash, election.identifier, vault, quotas, now)


@pytest.fixture
def objection_links(database: Database, election: Election, now: Clock) -> ObjectionLinks:
    """The links by which electors object."""
    closes = election.calendar.vote.closes
    return ObjectionLinks(database, LINK_KEY, "https://elections.exemple.fr/", closes, now)


@pytest.fixture
def pauses(database: Database, now: Clock) -> ObjectionPauses:
    """The pauses that electors' objections make."""
    return ObjectionPauses(database, now)


@pytest.fixture
def notices(vault: Vault, objection_links: ObjectionLinks) -> SealedNotices:
    """What seals the addresses that notices go to."""
    return SealedNotices(vault, objection_links)


@pytest.fixture
def request_notices(roll: Roll, notices: SealedNotices, attempts: Attempts) -> RequestNotices:
    """What seals the address of a request's notice."""
    return RequestNotices(roll, notices, attempts)


@pytest.fixture
def requests(
    database: Database,
    vault: Vault,
    attempts: Attempts,
    challenge: ChallengeProof,
    identity: IdentityProof,
    password_wait: PasswordWait,
    request_notices: RequestNotices,
    links: Links,
    journal: Journal,
    sms_limits: SmsLimits,
    pauses: ObjectionPauses,
    reissues: ReissueLimit,
    terms: Terms,
) -> Requests:
    """The activities on requests that recoveries share."""
    parts = (password_wait, request_notices, links, journal, sms_limits, pauses, reissues, terms)
    return Requests(database, vault, attempts, challenge, identity, *parts)


@pytest.fixture
def settlements(database: Database, vault: Vault, links: Links, journal: Journal) -> Settlements:
    """The activities that end recoveries and journal operators' acts."""
    return Settlements(database, vault, links, journal)


@pytest.fixture
def sealed_claims(vault: Vault) -> SealedClaims:
    """Claims from challenge forms, as the web makes them."""
    return SealedClaims(vault)


@pytest.fixture
def voting_codes(
    database: Database,
    keyed_hash: KeyedHash,
    election: Election,
    attempts: Attempts,
    roll: Roll,
    vault: Vault,
    notices: SealedNotices,
    links: Links,
    journal: Journal,
    reissues: ReissueLimit,
    now: Clock,
    terms: Terms,
) -> VotingCodes:
    """The activities on voting codes, with the default election's shape."""
    parts = (vault, notices, links, journal, Credentials(database, now), reissues, terms)
    return VotingCodes(database, keyed_hash, election.voting_code, attempts, roll, *parts)


@pytest.fixture
def ledger(database: Database, journal: Journal, now: Clock) -> Ledger:
    """The message ledger."""
    return Ledger(database, journal, now)


@pytest_asyncio.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """A client of a Temporal dev server that runs for this test session."""
    command = shutil.which("temporal", path=str(Path(sys.executable).parent))
    environment = await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=command,
        dev_server_log_level="error",
        dev_server_startup_timeout=timedelta(minutes=1),
    )
    yield environment.client
    await environment.shutdown()


@pytest_asyncio.fixture(scope="session")
async def listening(temporal: Client) -> AsyncIterator[str]:
    """The task queue of a worker that runs `ReceiptListener`."""
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        temporal, task_queue="listening", workflows=[ReceiptListener], workflow_runner=runner
    ) as worker:
        yield worker.task_queue


@pytest_asyncio.fixture
async def recovery(temporal: Client, listening: str) -> WorkflowHandle[ReceiptListener, None]:
    """A running workflow that collects receipts, with the id of a recovery."""
    return await temporal.start_workflow(
        ReceiptListener.run, id=workflow_id_of(Procedure.VOTING_CODE, token_hex(16)), task_queue=listening
    )


@pytest.fixture
def receipts(ledger: Ledger, temporal: Client, election: Election) -> Receipts:
    """The service that receives delivery receipts and reports them to recoveries."""
    return Receipts(ledger, temporal, MESSAGING, election)


@pytest.fixture
def mail() -> RecordingMail:
    """A mail gateway that records its messages."""
    return RecordingMail()


@pytest.fixture
def sms(receipts: Receipts, now: Clock) -> RecordingSms:
    """An SMS gateway that records its messages; its receipts go to `receipts`."""
    return RecordingSms(receipts.receive, now)


@pytest.fixture
def messaging(
    database: Database,
    vault: Vault,
    links: Links,
    objection_links: ObjectionLinks,
    ledger: Ledger,
    receipts: Receipts,
    election: Election,
    sms: RecordingSms,
    mail: RecordingMail,
    journal: Journal,
    now: Clock,
) -> Messaging:
    """The sending activities, on recording gateways."""
    states = GatewayStates(database, journal, now)
    by_sms, by_mail = OnlyGateway(Channel.SMS, sms, states), OnlyGateway(Channel.EMAIL, mail, states)
    sender = MessageSender(database, vault, ledger, receipts, by_sms, by_mail, MESSAGING)
    return Messaging(sender, links, objection_links, texts_of(election), election, now)

"""Builds the services of the web and the workers from settings."""

from dataclasses import dataclass

from temporalio.client import Client

from activities.accounts.captchas import Captchas
from activities.accounts.credentials import Credentials
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.oidc_logins import OidcLogins
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn
from activities.config.clock import utc_now
from activities.config.settings import CoreSettings, MessagingSettings, RollSettings, WebSettings, key_bytes
from activities.evidence.journal import Journal
from activities.gateways.accounts import france_connect_account, relay_account, smpp_account
from activities.gateways.bounded import BoundedGateway
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.provider import FranceConnect
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.sms.smpp import SmppGateway
from activities.mailings.recipients import Recipients
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.proofs.numen import NumenProof
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import IdentifierAndPasswords
from activities.recoveries.links import Links
from activities.recoveries.password import Passwords
from activities.recoveries.quotas import Quotas
from activities.recoveries.requests import Requests
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sending.ledger import Ledger
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.sending.support_desk import SupportDesk
from activities.store.database import Database
from activities.texts.messages import Texts
from activities.upkeep.heartbeat import Heartbeat
from election.settings import Election


@dataclass(frozen=True)
class RollServices:
    """What the web and the `recoveries` role share: roll, pepper and vault, but no gateway."""

    database: Database
    roll: Roll
    vault: Vault
    links: Links
    attempts: Attempts
    sign_in: SignIn
    sessions: Sessions
    captchas: Captchas
    oidc_logins: OidcLogins
    voting_codes: VotingCodes
    requests: Requests
    identifiers: Identifiers
    ledger: Ledger
    heartbeat: Heartbeat
    passwords: Passwords
    identifier_and_password: IdentifierAndPasswords


def build_roll_services(settings: RollSettings, election: Election, database: Database) -> RollServices:
    """Return the services that read and write the roll."""
    keyed, slow = KeyedHash(key_bytes(settings.pepper)), SlowHash()
    vault = Vault(database, key_bytes(settings.master_key), utc_now)
    links = Links(database, key_bytes(settings.link_key), settings.public_url, utc_now)
    attempts = Attempts(database, election.attempts, utc_now)
    password_requests = Attempts(database, election.password_requests, utc_now)
    journal = Journal(database, election.id, utc_now)
    roll, credentials = Roll(database, keyed), Credentials(database, utc_now)
    sign_in = SignIn(database, slow, Attempts(database, election.sign_in_attempts, utc_now), KnownBrowsers(keyed))
    pending = UnactivatedIdentifiers(
        database, keyed, election.identifier, vault, Quotas(election.identifier_recovery), utc_now
    )
    return RollServices(
        database=database,
        roll=roll,
        vault=vault,
        links=links,
        attempts=attempts,
        sign_in=sign_in,
        sessions=Sessions(database, keyed, utc_now),
        captchas=Captchas(database, keyed, utc_now),
        oidc_logins=OidcLogins(database, keyed, utc_now),
        voting_codes=VotingCodes(
            database, keyed, election.voting_code, attempts, roll, vault, links, journal, credentials
        ),
        requests=Requests(
            database,
            vault,
            attempts,
            ChallengeProof(database, keyed, slow, attempts),
            IdentityProof(database, keyed, attempts),
            links,
            journal,
        ),
        identifiers=Identifiers(
            database, vault, NumenProof(database, keyed, attempts), pending, roll, credentials, journal
        ),
        ledger=Ledger(database, journal, utc_now),
        heartbeat=Heartbeat(database, utc_now),
        passwords=Passwords(database, slow, password_requests, roll, vault, links, journal, credentials, sign_in),
        identifier_and_password=IdentifierAndPasswords(
            database,
            slow,
            election.generated_password,
            NumenAndDepartmentProof(database, keyed, attempts),
            pending,
            Recipients(utc_now),
            roll,
            vault,
            links,
            journal,
            credentials,
            sign_in,
        ),
    )


def build_france_connect(settings: WebSettings) -> FranceConnect | None:
    """Return the identity provider's client, or None where none is set."""
    account = france_connect_account(settings)
    return OpenIdFranceConnect(account, utc_now) if account else None


def build_vault(settings: CoreSettings, database: Database) -> Vault:
    """Return the vault, for the key sweep."""
    return Vault(database, key_bytes(settings.master_key), utc_now)


def open_roll_services(settings: RollSettings, election: Election) -> RollServices:
    """Return the services that read and write the roll, with a new database connection pool."""
    return build_roll_services(settings, election, Database(settings.database_url))


# For each gateway; a worker runs more activities at once than both together (`_PLACES` in worker.py).
_SENDS_AT_ONCE = 40


@dataclass(frozen=True)
class SendingServices:
    """What the `messaging` role uses: the gateways, and of the database only vault and ledger."""

    messaging: Messaging
    sms: SmppGateway
    receipts: Receipts
    support_desk: SupportDesk


def build_sending_services(
    settings: MessagingSettings, election: Election, database: Database, client: Client
) -> SendingServices:
    """Return the services that send."""
    ledger = Ledger(database, Journal(database, election.id, utc_now), utc_now)
    receipts = Receipts(ledger, client)
    sms = SmppGateway(smpp_account(settings, election), receipts.receive, utc_now)
    vault = Vault(database, key_bytes(settings.master_key), utc_now)
    relay = SmtpGateway(relay_account(settings), utc_now)
    bounded_sms, mail = BoundedGateway(sms, _SENDS_AT_ONCE), BoundedGateway(relay, _SENDS_AT_ONCE)
    texts = build_texts(election)
    links = Links(database, key_bytes(settings.link_key), settings.public_url, utc_now)
    sender = MessageSender(database, vault, ledger, receipts, bounded_sms, mail)
    messaging = Messaging(sender, links, texts, election)
    support_desk = SupportDesk(database, vault, texts, election, mail)
    return SendingServices(messaging, sms, receipts, support_desk)


def build_texts(election: Election) -> Texts:
    """Return the messages of an election."""
    return Texts(
        election_name=election.name,
        organiser=election.organiser,
        support_email=election.support_email,
        display_seconds=int(election.voting_code_recovery.display_window.total_seconds()),
        password_minutes=max(
            1, int(election.identifier_and_password_recovery.display_window.total_seconds()) // 60
        ),
    )

"""One place that builds everything, from settings: what recognises electors, and what sends."""

from dataclasses import dataclass

from temporalio.client import Client

from activities.attempts import Attempts
from activities.captchas import Captchas
from activities.clock import utc_now
from activities.credentials import Credentials
from activities.gateways.accounts import france_connect_account, relay_account, smpp_account
from activities.gateways.bounded import BoundedMail, BoundedSms
from activities.gateways.france_connect import OpenIdFranceConnect
from activities.gateways.smpp import SmppGateway
from activities.gateways.smtp import SmtpGateway
from activities.identifier_sms import IdentifierSms
from activities.identifiers import Identifiers
from activities.identity_provider import FranceConnect
from activities.journal import Journal
from activities.known_browsers import KnownBrowsers
from activities.ledger import Ledger
from activities.links import Links
from activities.logins import Logins
from activities.messaging import Messaging
from activities.numen_proof import NumenProof
from activities.passwords import Passwords
from activities.pending_identifiers import PendingIdentifiers
from activities.quotas import Quotas
from activities.receipts import Receipts
from activities.requests import Requests
from activities.roll import Roll
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sessions import Sessions
from activities.settings import CoreSettings, MessagingSettings, RollSettings, WebSettings, key_bytes
from activities.sign_in import SignIn
from activities.store.database import Database
from activities.support_desk import SupportDesk
from activities.texts.messages import Texts
from activities.verification import Verification
from activities.vital_signs import VitalSigns
from activities.voting_codes import VotingCodes
from election.settings import Election

# Each gateway's share of the worker's places (`worker.py` has room for both, and more).
_SENDS_AT_ONCE = 40


@dataclass(frozen=True)
class RollSide:
    """What the door and the `recoveries` role share: roll, pepper, vault; no gateway."""

    database: Database
    roll: Roll
    vault: Vault
    links: Links
    attempts: Attempts
    sign_in: SignIn
    sessions: Sessions
    captchas: Captchas
    logins: Logins
    voting_codes: VotingCodes
    requests: Requests
    identifiers: Identifiers
    ledger: Ledger
    vital_signs: VitalSigns
    passwords: Passwords


def roll_side(core: RollSettings, election: Election, database: Database) -> RollSide:
    """Return the roll's side of the system."""
    keyed, slow = KeyedHash(key_bytes(core.pepper)), SlowHash()
    vault = Vault(database, key_bytes(core.master_key), utc_now)
    links = Links(database, key_bytes(core.link_key), core.public_url, utc_now)
    attempts = Attempts(database, election.attempts, utc_now)
    asked = Attempts(database, election.password_requests, utc_now)
    journal = Journal(database, election.id, utc_now)
    roll, credentials = Roll(database, keyed), Credentials(database, utc_now)
    sign_in = SignIn(database, slow, Attempts(database, election.sign_in_attempts, utc_now), KnownBrowsers(keyed))
    return RollSide(
        database=database,
        roll=roll,
        vault=vault,
        links=links,
        attempts=attempts,
        sign_in=sign_in,
        sessions=Sessions(database, keyed, utc_now),
        captchas=Captchas(database, keyed, utc_now),
        logins=Logins(database, keyed, utc_now),
        voting_codes=VotingCodes(
            database, keyed, election.voting_code, attempts, roll, vault, links, journal, credentials
        ),
        requests=Requests(database, vault, Verification(database, keyed, slow, attempts), links, journal),
        identifiers=_identifiers(election, database, keyed, vault, attempts, roll, credentials, journal),
        ledger=Ledger(database, journal, utc_now),
        vital_signs=VitalSigns(database, utc_now),
        passwords=Passwords(database, slow, asked, roll, vault, links, journal, credentials, sign_in),
    )


def _identifiers(
    election: Election,
    database: Database,
    keyed: KeyedHash,
    vault: Vault,
    attempts: Attempts,
    roll: Roll,
    credentials: Credentials,
    journal: Journal,
) -> Identifiers:
    quotas = Quotas(database, election.identifier_recovery)
    pending = PendingIdentifiers(database, keyed, election.identifier, vault, quotas, utc_now)
    proof = NumenProof(database, keyed, attempts)
    return Identifiers(database, vault, proof, pending, roll, credentials, journal)


@dataclass(frozen=True)
class MessagingSide:
    """What the `messaging` role works with: the gateways, and of the database only vault and ledger."""

    messaging: Messaging
    identifier_sms: IdentifierSms
    sms: SmppGateway
    relay: SmtpGateway
    receipts: Receipts
    support_desk: SupportDesk


def messaging_side(
    core: MessagingSettings, election: Election, database: Database, client: Client
) -> MessagingSide:
    """Return the gateways' side of the system."""
    ledger = Ledger(database, Journal(database, election.id, utc_now), utc_now)
    receipts = Receipts(ledger, client)
    sms = SmppGateway(smpp_account(core, election), receipts.receive, utc_now)
    vault = vault_of(core, database)
    relay = SmtpGateway(relay_account(core), utc_now)
    by_sms, mail = BoundedSms(sms, _SENDS_AT_ONCE), BoundedMail(relay, _SENDS_AT_ONCE)
    words = texts(election)
    messaging = Messaging(
        database,
        vault,
        Links(database, key_bytes(core.link_key), core.public_url, utc_now),
        ledger,
        receipts,
        words,
        election,
        by_sms,
        mail,
    )
    identifier_sms = IdentifierSms(vault, ledger, receipts, words, by_sms)
    support_desk = SupportDesk(database, vault, words, election, mail)
    return MessagingSide(messaging, identifier_sms, sms, relay, receipts, support_desk)


def france_connect(core: WebSettings) -> FranceConnect | None:
    """Return the identity provider's client, or None where none is set."""
    account = france_connect_account(core)
    return OpenIdFranceConnect(account, utc_now) if account else None


def texts(election: Election) -> Texts:
    """Return the messages of an election."""
    return Texts(
        election_name=election.name,
        organiser=election.organiser,
        support_email=election.support_email,
        display_seconds=int(election.voting_code_recovery.display_window.total_seconds()),
    )


def vault_of(core: CoreSettings, database: Database) -> Vault:
    """Return the vault alone, for the sweep."""
    return Vault(database, key_bytes(core.master_key), utc_now)


def open_roll_side(core: RollSettings, election: Election) -> RollSide:
    """Return the roll's side on a database connection of its own."""
    return roll_side(core, election, Database(core.database_url))

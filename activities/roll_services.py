"""One place that builds what recognises electors, from settings; `messaging_side.py` builds what sends."""

from dataclasses import dataclass

from activities.accounts.captchas import Captchas
from activities.accounts.credentials import Credentials
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.oidc_logins import Logins
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn
from activities.config.clock import utc_now
from activities.config.settings import CoreSettings, RollSettings, WebSettings, key_bytes
from activities.evidence.journal import Journal
from activities.gateways.accounts import france_connect_account
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.provider import FranceConnect
from activities.mailings.recipients import CampaignReach
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import Verification
from activities.proofs.numen import NumenProof
from activities.proofs.numen_and_department import BothProof
from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import BothCodes
from activities.recoveries.links import Links
from activities.recoveries.password import Passwords
from activities.recoveries.quotas import Quotas
from activities.recoveries.requests import Requests
from activities.recoveries.unactivated_identifiers import PendingIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sending.ledger import Ledger
from activities.store.database import Database
from activities.upkeep.heartbeat import VitalSigns
from election.settings import Election


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
    both_codes: BothCodes


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
    pending = PendingIdentifiers(
        database, keyed, election.identifier, vault, Quotas(database, election.identifier_recovery), utc_now
    )
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
        identifiers=Identifiers(
            database, vault, NumenProof(database, keyed, attempts), pending, roll, credentials, journal
        ),
        ledger=Ledger(database, journal, utc_now),
        vital_signs=VitalSigns(database, utc_now),
        passwords=Passwords(database, slow, asked, roll, vault, links, journal, credentials, sign_in),
        both_codes=BothCodes(
            database,
            slow,
            election.drawn_password,
            BothProof(database, keyed, attempts),
            pending,
            CampaignReach(database, utc_now),
            roll,
            vault,
            links,
            journal,
            credentials,
            sign_in,
        ),
    )


def france_connect(core: WebSettings) -> FranceConnect | None:
    """Return the identity provider's client, or None where none is set."""
    account = france_connect_account(core)
    return OpenIdFranceConnect(account, utc_now) if account else None


def vault_of(core: CoreSettings, database: Database) -> Vault:
    """Return the vault alone, for the sweep."""
    return Vault(database, key_bytes(core.master_key), utc_now)


def open_roll_side(core: RollSettings, election: Election) -> RollSide:
    """Return the roll's side on a database connection of its own."""
    return roll_side(core, election, Database(core.database_url))

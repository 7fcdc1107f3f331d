"""One place that builds what recognises electors, from settings; `messaging_side.py` builds what sends."""

from dataclasses import dataclass

from activities.attempts import Attempts
from activities.both_codes import BothCodes
from activities.both_proof import BothProof
from activities.campaign_reach import CampaignReach
from activities.captchas import Captchas
from activities.clock import utc_now
from activities.credentials import Credentials
from activities.gateways.accounts import france_connect_account
from activities.gateways.france_connect import OpenIdFranceConnect
from activities.identifiers import Identifiers
from activities.identity_provider import FranceConnect
from activities.journal import Journal
from activities.known_browsers import KnownBrowsers
from activities.ledger import Ledger
from activities.links import Links
from activities.logins import Logins
from activities.numen_proof import NumenProof
from activities.passwords import Passwords
from activities.pending_identifiers import PendingIdentifiers
from activities.quotas import Quotas
from activities.requests import Requests
from activities.roll import Roll
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sessions import Sessions
from activities.settings import CoreSettings, RollSettings, WebSettings, key_bytes
from activities.sign_in import SignIn
from activities.store.database import Database
from activities.verification import Verification
from activities.vital_signs import VitalSigns
from activities.voting_codes import VotingCodes
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

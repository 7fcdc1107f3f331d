"""Builds the services of the web and the workers from settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.accounts.captchas import Captchas
from activities.accounts.confirmations import Confirmations
from activities.accounts.credentials import Credentials
from activities.accounts.elector_record import ElectorRecords
from activities.accounts.oidc_logins import OidcLogins
from activities.accounts.password_wait import PasswordWait
from activities.accounts.roll import Roll
from activities.accounts.sessions import Sessions
from activities.accounts.sign_in import SignIn, build_sign_in
from activities.accounts.sign_in_codes import SignInCodes
from activities.acts.bulk_items import BulkItems
from activities.config.clock import utc_now
from activities.config.settings import CoreSettings, RollSettings, WebSettings, key_bytes
from activities.evidence.access_trace import AccessTrace, AddressHashes
from activities.evidence.journal import Journal
from activities.gateways.accounts import france_connect_account
from activities.gateways.identity.france_connect import OpenIdFranceConnect
from activities.gateways.identity.provider import FranceConnect
from activities.limits.quotas import Quotas
from activities.limits.reissue_limit import ReissueLimit
from activities.limits.sms_limits import SmsLimits
from activities.mailings.used_links import MailingLinks
from activities.objections.links import ObjectionLinks
from activities.objections.pauses import ObjectionPauses
from activities.outbox.rows import Outbox
from activities.progress.reader import ProgressReader
from activities.proofs.attempts import Attempts
from activities.proofs.challenge import ChallengeProof
from activities.proofs.code_mail_limits import CodeMailLimits
from activities.proofs.identity import IdentityProof
from activities.proofs.numen import NumenProof
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.proofs.rates import Rates
from activities.recoveries.identifier import Identifiers
from activities.recoveries.identifier_and_password import IdentifierAndPasswords
from activities.recoveries.links import Links
from activities.recoveries.objection import Objections
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.password import Passwords
from activities.recoveries.request_notices import RequestNotices, SealedNotices
from activities.recoveries.requests import Requests
from activities.recoveries.settlements import Settlements
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.recoveries.voting_code import VotingCodes
from activities.security.hashing import KeyedHash, SlowHash
from activities.security.vault import Vault
from activities.sending.contacts import foreign_country_of
from activities.sending.ledger import Ledger
from activities.sending.support_limits import SupportLimits
from activities.store.database import Database
from activities.upkeep.heartbeat import Heartbeat
from election.recovery_terms import PublicKeys
from election.settings import Election


@dataclass(frozen=True)
class RollServices:
    """What the web and the `recoveries` role share: roll, pepper and vault, but no gateway."""

    database: Database
    roll: Roll
    vault: Vault
    links: Links
    attempts: Attempts
    proof_attempts: Attempts
    password_wait: PasswordWait
    sign_in: SignIn
    sign_in_codes: SignInCodes
    sessions: Sessions
    captchas: Captchas
    confirmations: Confirmations
    oidc_logins: OidcLogins
    voting_codes: VotingCodes
    requests: Requests
    settlements: Settlements
    identifiers: Identifiers
    progress: ProgressReader
    ledger: Ledger
    heartbeat: Heartbeat
    passwords: Passwords
    identifier_and_password: IdentifierAndPasswords
    access_trace: AccessTrace
    elector_records: ElectorRecords
    support_limits: SupportLimits
    mailing_links: MailingLinks
    objection_links: ObjectionLinks
    objection_pauses: ObjectionPauses
    objections: Objections
    bulk_items: BulkItems

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """The activities of recoveries, for a worker to register."""
        return [
            self.requests.judge_challenge,
            self.requests.judge_identity,
            self.requests.renew_link,
            *self.settlements.activities,
            self.voting_codes.reissue_voting_code,
            self.passwords.judge_password,
            self.passwords.replace_password,
            self.identifiers.judge_identifier,
            self.identifiers.activate_identifier,
            self.identifiers.settle_identifier,
            self.identifier_and_password.judge_identifier_and_password,
            self.mailing_links.find_mailing_link,
            self.identifier_and_password.reissue_identifier_and_password,
            self.identifier_and_password.settle_identifier_and_password,
            self.objections.make_objection,
            self.bulk_items.claim_item,
        ]


def build_roll_services(
    settings: RollSettings,
    election: Election,
    database: Database,
    keys: PublicKeys | None = None,
    slow: SlowHash | None = None,
) -> RollServices:
    """Return the services that read and write the roll.

    `keys` are for the activities, which the web does not run; `slow` is given where its cost is not to be the usual one.
    """
    keyed = KeyedHash(key_bytes(settings.pepper))
    slow = slow or SlowHash(keyed)
    vault = Vault(database, key_bytes(settings.master_key), utc_now)
    links = Links(database, key_bytes(settings.link_key), settings.public_url, utc_now)
    attempts = Attempts(database, election.attempts, utc_now)
    proof_attempts = Attempts(database, election.proof_attempts, utc_now)
    recovery_rules = election.voting_code_recovery
    password_wait = PasswordWait(database, recovery_rules.after_password_recovery, utc_now)
    password_requests = Attempts(database, election.password_requests, utc_now)
    journal = Journal(database, election, utc_now)
    roll, credentials = Roll(database, keyed), Credentials(database, utc_now)
    sign_in = build_sign_in(database, keyed, slow, election, utc_now)
    addresses = AddressHashes(database, keyed, utc_now)
    sms_limits = SmsLimits(keyed, election.sms, foreign_country_of, utc_now)
    reissues = ReissueLimit(database, recovery_rules.reissues)
    pending = UnactivatedIdentifiers(database, keyed, election.identifier, vault, Quotas(election), utc_now)
    objection_links = build_objection_links(settings, election, database)
    pauses, others = ObjectionPauses(database, utc_now), OtherRecoveries(links, pending)
    notices = SealedNotices(vault, objection_links)
    numen_proof = NumenProof(database, keyed, attempts, proof_attempts)
    terms = Terms(election, keys or PublicKeys(), utc_now)
    return RollServices(
        database=database,
        roll=roll,
        vault=vault,
        links=links,
        attempts=attempts,
        proof_attempts=proof_attempts,
        password_wait=password_wait,
        sign_in=sign_in,
        sign_in_codes=SignInCodes(
            database,
            keyed,
            roll,
            CodeMailLimits(
                Attempts(database, election.sign_in_code_mails, utc_now),
                Rates(database, utc_now),
                addresses,
                election.sign_in_code_mails,
            ),
            election.sign_in,
            utc_now,
        ),
        sessions=Sessions(database, keyed, utc_now),
        captchas=Captchas(database, keyed, utc_now),
        confirmations=Confirmations(database, keyed, utc_now),
        oidc_logins=OidcLogins(database, keyed, utc_now),
        voting_codes=VotingCodes(
            database,
            keyed,
            election.voting_code,
            attempts,
            roll,
            vault,
            notices,
            links,
            journal,
            credentials,
            reissues,
            terms,
        ),
        requests=Requests(
            database,
            vault,
            proof_attempts,
            ChallengeProof(database, keyed, slow, proof_attempts, recovery_rules.proofs, election.proof_datum),
            IdentityProof(database, keyed, proof_attempts),
            password_wait,
            RequestNotices(roll, notices, proof_attempts),
            links,
            journal,
            sms_limits,
            pauses,
            reissues,
            terms,
        ),
        settlements=Settlements(database, vault, links, journal),
        identifiers=Identifiers(
            database, vault, numen_proof, pending, notices, pauses, roll, credentials, journal, sms_limits, terms
        ),
        progress=ProgressReader(database),
        ledger=Ledger(database, journal, utc_now),
        heartbeat=Heartbeat(database),
        passwords=Passwords(
            database,
            slow,
            password_requests,
            roll,
            vault,
            notices,
            links,
            journal,
            credentials,
            others,
            pauses,
            terms,
        ),
        elector_records=ElectorRecords(database, keyed, roll, numen_proof),
        access_trace=AccessTrace(database, journal, addresses),
        support_limits=SupportLimits(
            Attempts(database, election.support_letters, utc_now),
            Rates(database, utc_now),
            addresses,
            election.support_letters,
        ),
        objection_links=objection_links,
        objection_pauses=pauses,
        objections=Objections(database, objection_links, others, journal, terms),
        bulk_items=BulkItems(database),
        mailing_links=MailingLinks(links, roll, pauses, terms),
        identifier_and_password=IdentifierAndPasswords(
            database,
            slow,
            election.generated_password,
            NumenAndDepartmentProof(database, keyed, attempts),
            pending,
            Outbox(utc_now),
            notices,
            pauses,
            roll,
            vault,
            links,
            journal,
            credentials,
            others,
            terms,
        ),
    )


def build_france_connect(settings: WebSettings) -> FranceConnect | None:
    """Return the identity provider's client, or None where none is set."""
    account = france_connect_account(settings)
    return OpenIdFranceConnect(account, utc_now) if account else None


def open_roll_services(settings: RollSettings, election: Election) -> RollServices:
    """Return the services that read and write the roll, with a new database connection pool."""
    return build_roll_services(settings, election, Database(settings.database_url))


def build_objection_links(settings: CoreSettings, election: Election, database: Database) -> ObjectionLinks:
    """Return the links by which electors object."""
    of = (key_bytes(settings.link_key), settings.public_url, election.calendar.vote.closes)
    return ObjectionLinks(database, *of, utc_now)

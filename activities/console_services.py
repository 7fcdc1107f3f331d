"""Builds the services of the operators' console from settings: it reads, and of the database it writes its sessions and uploads alone."""

from dataclasses import dataclass

from activities.acts.bulk_acts import BulkActs
from activities.config.clock import utc_now
from activities.config.settings import ConsoleSettings, key_bytes
from activities.evidence.journal import Journal
from activities.evidence.reading.figures_reader import FiguresReader
from activities.evidence.reading.journal_reader import JournalReader
from activities.gateways.accounts import operator_claims, operators_account
from activities.gateways.identity.operators import OpenIdOperators
from activities.gateways.identity.provider import OperatorProvider
from activities.operators.logins import OperatorLogins
from activities.operators.roll_history import RollHistory
from activities.operators.sessions import OperatorSessions
from activities.outbox.mailing_figures import MailingFigures
from activities.progress.by_reference import RecoveriesByReference
from activities.progress.failures import Failures
from activities.progress.overview import RecoveryOverview
from activities.progress.reader import ProgressReader
from activities.progress.timeline import RecoveryTimeline
from activities.roll_uploads.uploads import RollUploads
from activities.routing.overview import GatewayOverview
from activities.routing.slowness import SlowDeliveries
from activities.security.hashing import KeyedHash
from activities.security.role_box import RoleSealer
from activities.sending.delivery_shares import DeliveryShares
from activities.store.database import Database
from activities.upkeep.heartbeat import Heartbeat
from election.settings import Election


@dataclass(frozen=True)
class ConsoleServices:
    """What the console's pages read, and the sessions of operators."""

    database: Database
    journal: Journal
    sessions: OperatorSessions
    logins: OperatorLogins
    heartbeat: Heartbeat
    overview: RecoveryOverview
    delivery_shares: DeliveryShares
    slow_deliveries: SlowDeliveries
    failures: Failures
    progress: ProgressReader
    timeline: RecoveryTimeline
    by_reference: RecoveriesByReference
    bulk_acts: BulkActs
    roll_history: RollHistory
    roll_uploads: RollUploads
    gateways: GatewayOverview
    journal_reader: JournalReader
    figures: FiguresReader
    mailings: MailingFigures


def build_console_services(settings: ConsoleSettings, election: Election, database: Database) -> ConsoleServices:
    """Return the services of the console."""
    keyed = KeyedHash(key_bytes(settings.console_key))
    journal = Journal(database, election, utc_now)
    return ConsoleServices(
        database=database,
        journal=journal,
        sessions=OperatorSessions(database, keyed, journal, utc_now),
        logins=OperatorLogins(keyed, utc_now),
        heartbeat=Heartbeat(database),
        overview=RecoveryOverview(database, election.delivery, utc_now),
        delivery_shares=DeliveryShares(database),
        slow_deliveries=SlowDeliveries(database, election.gateways, utc_now),
        failures=Failures(database),
        progress=ProgressReader(database, shows_hint=False),
        timeline=RecoveryTimeline(database),
        by_reference=RecoveriesByReference(database),
        bulk_acts=BulkActs(database),
        roll_history=RollHistory(database),
        roll_uploads=RollUploads(database, RoleSealer(settings.roll_public_key), journal, utc_now),
        gateways=GatewayOverview(database),
        journal_reader=JournalReader(database, election.zone),
        figures=FiguresReader(database, election, utc_now),
        mailings=MailingFigures(database, utc_now),
    )


def open_console_services(settings: ConsoleSettings, election: Election) -> ConsoleServices:
    """Return the services of the console, with a new database connection pool."""
    return build_console_services(settings, election, Database(settings.database_url))


def build_operator_provider(settings: ConsoleSettings) -> OperatorProvider:
    """Return the client of the operators' identity provider."""
    return OpenIdOperators(operators_account(settings), operator_claims(settings), utc_now)

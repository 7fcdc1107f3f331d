"""Builds the services of operators' acts from settings; the others are built by `services.py`."""

from dataclasses import dataclass

from activities.acts.bulk_orders import BulkOrders
from activities.acts.elector_acts import ElectorActs
from activities.config.clock import utc_now
from activities.config.settings import RollSettings, key_bytes
from activities.evidence.journal import Journal
from activities.security.hashing import KeyedHash
from activities.services import RollServices
from activities.upkeep.elector_requests import ElectorRequests
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.settings import Election


@dataclass(frozen=True)
class ActServices:
    """The activities of acts on many recoveries, and of those for an elector."""

    orders: BulkOrders
    electors: ElectorActs


def build_acts(
    settings: RollSettings, election: Election, services: RollServices, console_key: str
) -> ActServices:
    """Return the activities of acts, which verify the console's signatures with its public key."""
    database, keyed = services.database, KeyedHash(key_bytes(settings.pepper))
    journal = Journal(database, election, utc_now)
    unlock, requests = SignInUnlock(database, keyed, election), ElectorRequests(database, keyed, election)
    return ActServices(
        BulkOrders(database, journal, election, console_key, utc_now),
        ElectorActs(database, services.roll, journal, unlock, requests, console_key, utc_now),
    )

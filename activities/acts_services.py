"""Builds the services of operators' acts from settings; the others are built by `services.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.acts.bulk_orders import BulkOrders
from activities.acts.elector_acts import ElectorActs
from activities.config.clock import utc_now
from activities.config.settings import RollSettings, key_bytes
from activities.evidence.journal import Journal
from activities.routing.console_orders import GatewayOrders
from activities.routing.states import GatewayStates
from activities.security.hashing import KeyedHash
from activities.services import RollServices
from activities.upkeep.elector_requests import ElectorRequests
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.settings import Election


@dataclass(frozen=True)
class ActServices:
    """The activities of acts on many recoveries, of those for an elector, and of orders about gateways."""

    orders: BulkOrders
    electors: ElectorActs
    gateways: GatewayOrders

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [*self.orders.activities, self.electors.act_for_elector, self.gateways.change_gateway]


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
        GatewayOrders(GatewayStates(database, journal, utc_now), console_key, utc_now),
    )

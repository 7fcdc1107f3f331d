"""Puts the demo's second SMS operator into service, and back into reserve."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from activities.config.clock import utc_now
from activities.evidence.journal import Journal
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates
from activities.store.database import Database
from demo.client.running import Demo
from election.settings import load


@asynccontextmanager
async def reserve_in_service(demo: Demo) -> AsyncIterator[None]:
    """Resume the second operator for as long as the context lasts."""
    database = Database(demo.database_url)
    states = GatewayStates(database, Journal(database, load(demo.state / "election.toml"), utc_now), utc_now)
    assert await carry_out(states, GatewayOrder("brevo", GatewayAct.RESUME, "test"))
    try:
        yield
    finally:
        await carry_out(states, GatewayOrder("brevo", GatewayAct.SUSPEND, "test"))
        await database.close()

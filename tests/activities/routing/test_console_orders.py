"""The console's orders about gateways, and what they change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.evidence.journal import Journal
from activities.recoveries.clicks import InvalidSignatureError
from activities.routing.console_orders import GatewayClaim, GatewayOrders
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.security.signatures import SigningKey
from activities.security.signed_orders import signed
from activities.store.database import Database
from activities.store.gateway_tables import gateway_changes
from activities.store.tables import journal as journal_table
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows

KEY, OTHER = SigningKey(b"c" * 32), SigningKey(b"x" * 32)
# With what PostgreSQL does not keep: the order must not wait for ever because of it.
ORDER = GatewayOrder("smpp", GatewayAct.SUSPEND, "o.petit", "panne\0")


async def test_an_order_is_carried_out_if_the_console_has_just_signed_it(
    database: Database, journal: Journal, now: Clock
) -> None:
    """For this workflow, with this content, minutes ago at most; the second time it changes nothing."""
    states = GatewayStates(database, journal, now)
    await states.register([NewGateway("smpp", Channel.SMS, 100)])
    orders = GatewayOrders(states, KEY.public_key, now)
    given = signed(KEY, "gateway/smpp/1", ORDER, now())
    for claim in (
        GatewayClaim("gateway/smpp/1", ORDER),
        GatewayClaim("gateway/smpp/2", given),
        GatewayClaim("gateway/smpp/1", replace(given, what=GatewayAct.RESUME)),
        GatewayClaim("gateway/smpp/1", signed(OTHER, "gateway/smpp/1", ORDER, now())),
        GatewayClaim("gateway/smpp/1", signed(KEY, "gateway/smpp/1", ORDER, now() - timedelta(hours=1))),
    ):
        with pytest.raises(InvalidSignatureError):
            await orders.change_gateway(claim)
    assert [await orders.change_gateway(GatewayClaim("gateway/smpp/1", given)) for _ in range(2)] == [True, False]


async def test_nothing_personal_is_left_in_the_reason(database: Database, journal: Journal, now: Clock) -> None:
    """Neither in the journal, nor in the history that the console shows."""
    states = GatewayStates(database, journal, now)
    await states.register([NewGateway("smpp", Channel.SMS, 100)])
    await carry_out(states, replace(ORDER, reason="panne\0 dite par camille@exemple.fr"))  # as the command does
    *_, change = await rows(database, gateway_changes)
    *_, entry = await rows(database, journal_table)
    assert (change["reason"], entry["detail"]) == ("panne\ufffd dite par •••",) * 2

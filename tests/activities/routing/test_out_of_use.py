"""A gateway that was taken out of the settings is neither shown nor offered; what was decided of it stays."""

import pytest

from activities.evidence.journal import Journal
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.overview import GatewayOverview
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from election.stages import Channel
from tests.support.clock import Clock

_SMPP, _BREVO = NewGateway("smpp", Channel.SMS, 100), NewGateway("brevo", Channel.SMS, 0)


@pytest.fixture
def states(database: Database, journal: Journal, now: Clock) -> GatewayStates:
    """The states of gateways."""
    return GatewayStates(database, journal, now)


async def _shown(database: Database) -> list[list[str]]:
    overview = GatewayOverview(database)
    views, current = await overview.read(), await overview.current()
    return [
        [each.state.name for each in views],
        [each.state.name for each in current],
        await overview.names(Channel.SMS),
    ]


async def test_one_that_has_left_the_settings_is_not_shown(states: GatewayStates, database: Database) -> None:
    """Its history stays; every process with the same settings says the same."""
    await states.register([_SMPP, _BREVO])
    await states.register([_SMPP, _BREVO])
    assert await _shown(database) == [["smpp", "brevo"]] * 3
    await states.register([_BREVO])
    assert await _shown(database) == [["brevo"]] * 3
    assert [each.name for each in await states.of_channel(Channel.SMS)] == ["brevo"]
    assert {each.gateway for each in await GatewayOverview(database).history()} == {"smpp", "brevo"}


async def test_one_that_has_left_the_settings_gets_no_order_and_no_share(states: GatewayStates) -> None:
    """The share that it had is nobody's: what is left of a hundred goes to those in use."""
    await states.register([_SMPP, _BREVO, NewGateway("ovh", Channel.SMS, 0)])
    await states.register([_BREVO, NewGateway("ovh", Channel.SMS, 0)])
    assert not await carry_out(states, GatewayOrder("smpp", GatewayAct.SUSPEND, "m.durand", "essai"))
    assert await carry_out(states, GatewayOrder("brevo", GatewayAct.SHIFT, "m.durand", "essai", 70))
    assert {each.name: each.priority for each in await states.of_channel(Channel.SMS)} == {"brevo": 70, "ovh": 30}


async def test_one_that_comes_back_is_as_it_was_left(states: GatewayStates) -> None:
    """Suspended, if somebody had suspended it."""
    await states.register([_SMPP, _BREVO])
    assert await carry_out(states, GatewayOrder("smpp", GatewayAct.SUSPEND, "m.durand", "essai"))
    await states.register([_BREVO])
    await states.register([_SMPP, _BREVO])
    found = {each.name: each.is_suspended for each in await states.of_channel(Channel.SMS)}
    assert found == {"smpp": True, "brevo": False}

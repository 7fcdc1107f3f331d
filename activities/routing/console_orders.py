"""Carries out what operators order of gateways in the console, for the role `recoveries`, which verifies its signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.recoveries.clicks import InvalidSignatureError
from activities.routing.orders import GatewayOrder, carry_out
from activities.routing.states import GatewayStates
from activities.security.signed_orders import is_from_console, is_recent


@dataclass(frozen=True)
class GatewayClaim:
    """An order, and the workflow that it was signed for."""

    workflow_id: str
    order: GatewayOrder


class GatewayOrders:
    """Changes gateways as the console orders; who types an order uses the command."""

    def __init__(self, states: GatewayStates, console_key: str, now: Callable[[], datetime]) -> None:
        self._states = states
        self._console_key = console_key
        self._now = now

    @activity.defn
    async def change_gateway(self, claim: GatewayClaim) -> bool:
        """Return whether the order has changed anything: run again, it does not.

        Raises:
            InvalidSignatureError: the console has not signed it, or did so too long ago.
        """
        order = claim.order
        if not is_from_console(self._console_key, claim.workflow_id, order) or not is_recent(order, self._now()):
            raise InvalidSignatureError("not a recent order of the console")
        return await carry_out(self._states, order)

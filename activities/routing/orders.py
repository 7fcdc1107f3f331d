"""Operators' orders to a gateway: suspend it, resume it, set its share of the traffic, or let the rules set it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from activities.routing.states import Author, GatewayStates, StateChange
from election.routing.choice import GatewayState
from election.routing.shifting import ALL, Why, shared


class GatewayAct(StrEnum):
    """What is asked of a gateway."""

    SUSPEND = "suspend"
    RESUME = "resume"
    SHIFT = "shift"  # to a priority, which no rule changes any more
    RELEASE = "release"  # the rules change priorities again, those of the whole channel


@dataclass(frozen=True)
class GatewayOrder:
    """An operator's order; `priority` is for SHIFT alone, from 0 to 100. The other gateways of the channel share the rest.

    The console signs its orders; a typed one comes by the command, and has neither instant nor signature.
    """

    act: ClassVar[str] = "change_gateway"
    gateway: str
    what: GatewayAct
    operator: str
    reason: str = ""
    priority: int = 0
    given_at: str = ""
    signature: str = ""


async def carry_out(states: GatewayStates, order: GatewayOrder) -> bool:
    """Return whether the order has changed anything: the second time it does not."""

    def decide(name: str, channel: Sequence[GatewayState]) -> list[StateChange]:
        return changes(order, name, channel)

    return await states.change(order.gateway, Author(order.operator, order.reason), decide)


def changes(order: GatewayOrder, name: str, channel: Sequence[GatewayState]) -> list[StateChange]:
    """Return what an order changes of the gateways of a channel."""
    [of] = [each for each in channel if each.name == name]
    match order.what:
        case GatewayAct.SUSPEND:
            return [] if of.is_suspended else [StateChange(of, Why.SUSPENDED, {"is_suspended": True})]
        case GatewayAct.RESUME:
            return [StateChange(of, Why.RESUMED, {"is_suspended": False})] if of.is_suspended else []
        case GatewayAct.SHIFT:
            wanted = shared(of, max(0, min(ALL, order.priority)), channel)
            return [
                StateChange(each, Why.SHIFTED, {"priority": wanted[each.name], "is_held": True})
                for each in channel
                if each.priority != wanted[each.name] or not each.is_held
            ]
        case GatewayAct.RELEASE:
            return [StateChange(each, Why.RELEASED, {"is_held": False}) for each in channel if each.is_held]

"""The gateways that an operator can choose for a retry."""

from collections.abc import Collection
from dataclasses import dataclass

from console.context.console_context import ConsoleContext
from election.stages import Channel


@dataclass(frozen=True)
class OtherGateways:
    """Whether a retry by another gateway can be offered for some of the failures of a page, and for all of them at once."""

    for_some: bool
    for_all: bool


async def gateway_choices(console: ConsoleContext, channel: str) -> list[tuple[str, str]]:
    """Return the name and the label of each gateway of a channel, or nothing where there is no choice."""
    if channel not in set(Channel):
        return []
    names = await console.services.gateways.names(Channel(channel))
    return [(name, name) for name in names] if len(names) > 1 else []


async def other_gateways(console: ConsoleContext, channels: Collection[str]) -> OtherGateways:
    """Return what can be offered for failures of these channels: a gateway sends by one channel alone."""
    has_choice = [bool(await gateway_choices(console, channel)) for channel in set(channels)]
    return OtherGateways(any(has_choice), has_choice == [True])

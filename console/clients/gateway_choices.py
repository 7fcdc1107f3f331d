"""The gateways that an operator can choose for a retry."""

from console.context.console_context import ConsoleContext
from election.stages import Channel


async def gateway_choices(console: ConsoleContext, channel: str) -> list[tuple[str, str]]:
    """Return the name and the label of each gateway of a channel, or nothing where there is no choice."""
    if channel not in set(Channel):
        return []
    names = await console.services.gateways.names(Channel(channel))
    return [(name, name) for name in names] if len(names) > 1 else []

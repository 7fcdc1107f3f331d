"""Shifts traffic between the gateways of a channel, by the election's rules; a worker's periodic task."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from activities.routing.measures import GatewayMeasures
from activities.routing.states import GatewayStates
from election.routing.shifting import next_shift
from election.rules.gateways import GatewayRules
from election.stages import Channel

SHIFT_EVERY = timedelta(seconds=10)
_log = structlog.stdlib.get_logger(__name__)


class Shifts:
    """Looks at each channel that has several gateways."""

    def __init__(
        self,
        states: GatewayStates,
        measures: GatewayMeasures,
        channels: Mapping[Channel, Sequence[str]],
        rules: GatewayRules,
        now: Callable[[], datetime],
    ) -> None:
        self._states = states
        self._measures = measures
        self._channels = {channel: names for channel, names in channels.items() if len(names) > 1}
        self._rules = rules
        self._now = now

    async def run(self) -> None:
        """Change what the rules say, and log it."""
        for channel, names in self._channels.items():
            decide = partial(
                next_shift, measured=await self._measures.measured(channel), now=self._now(), rules=self._rules
            )
            shift = await self._states.shift(channel, names, decide)
            if shift is not None:
                _log.warning("gateways_shifted", channel=channel, why=shift.why, priorities=dict(shift.priorities))
        if self._channels:
            await self._measures.purge()

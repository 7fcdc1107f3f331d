"""Which gateway of a channel sends the next message."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class GatewayState:
    """What is decided of a gateway. Of those of a channel, `priority` is the weight of a random choice, from 0 to 100.

    One with priority 0 sends only when the others are out of order. A suspended one sends only what an operator names it for.
    With `is_held` an operator has chosen the priority: nothing shifts it by itself. It drifts back to `resting_priority`.
    """

    name: str
    priority: int
    resting_priority: int
    changed_at: datetime
    is_suspended: bool = False
    is_held: bool = False
    drifted_at: datetime | None = None


@dataclass(frozen=True)
class LastTry:
    """The last try to send a message. With `may_be_taken` its gateway may have taken it, although it has not said so."""

    gateway: str
    reason: str = ""
    may_be_taken: bool = False

    @property
    def says_nothing_of_gateway(self) -> bool:
        """Whether the try has failed by what our own side allows: too many sends at once, or too many a second."""
        return self.reason.endswith("-busy")


def choose(
    states: Sequence[GatewayState],
    draw: float,
    *,
    wanted: str = "",
    last: LastTry | None = None,
    out_of_order: Collection[str] = (),
) -> str | None:
    """Return the name of the gateway for a message, or None while all are suspended.

    `draw` is random, in [0, 1). An operator's choice goes first. A message that may have been taken stays with its gateway,
    which may recognise a repetition, as long as that one works; one that was not taken goes to another one that works.
    """
    if wanted in {each.name for each in states}:
        return wanted
    usable = [each for each in states if not each.is_suspended]
    working = [each for each in usable if each.name not in out_of_order] or usable
    if last is not None and last.may_be_taken and last.gateway in {each.name for each in working}:
        return last.gateway
    if last is not None and not last.says_nothing_of_gateway:
        working = [each for each in working if each.name != last.gateway] or working
    return _drawn(working, draw)


def _drawn(states: Sequence[GatewayState], draw: float) -> str | None:
    total = sum(each.priority for each in states)
    if not total:
        return states[int(draw * len(states))].name if states else None
    left = draw * total
    for each in states:
        left -= each.priority
        if left < 0:
            return each.name
    return states[-1].name

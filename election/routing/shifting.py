"""When priorities change by themselves: on errors, when one gateway is slow, and back when nothing happens; or by an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from election.routing.choice import GatewayState
from election.rules.gateways import GatewayRules

ALL = 100  # points of a channel
# Operators are told of no fewer slow messages: those are phones that are switched off.
_FEWEST_TOLD = 5


class Why(StrEnum):
    """What has changed a gateway: a rule, or an operator's act."""

    ADDED = "added"
    ERRORS = "errors"
    SLOW = "slow"
    DRIFT = "drift"
    SHIFTED = "shifted"
    RELEASED = "released"
    SUSPENDED = "suspended"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Measured:
    """What a gateway did lately: its errors, and how many of its messages were slow."""

    errors: int = 0
    messages: int = 0
    slow: int = 0

    def is_slow(self, rules: GatewayRules) -> bool:
        """Return whether too large a share of its messages was slow, of however few: then it loses points."""
        return self.messages > 0 and self.slow / self.messages >= rules.slow_share

    def is_slow_enough_to_tell(self, rules: GatewayRules) -> bool:
        """Return whether it is slow, and by so many messages that operators are told of it."""
        return self.slow >= _FEWEST_TOLD and self.is_slow(rules)


@dataclass(frozen=True)
class Shift:
    """New priorities of some gateways of a channel, and why."""

    why: Why
    priorities: Mapping[str, int]


def next_shift(
    states: Sequence[GatewayState], measured: Mapping[str, Measured], now: datetime, rules: GatewayRules
) -> Shift | None:
    """Return how the priorities of a channel change now, or None.

    Nothing changes with fewer than two gateways in service, or while an operator holds a priority.
    """
    active = [each for each in states if not each.is_suspended]
    if len(active) < 2 or any(each.is_held for each in active):  # noqa: PLR2004 - one to shift from, and one to
        return None
    unchanged_for = now - max(each.changed_at for each in active)
    of = {each.name: measured.get(each.name, Measured()) for each in active}
    if unchanged_for >= rules.shift_every:
        failing = {name for name, each in of.items() if each.errors >= rules.errors}
        shift = _away_from(failing, active, of, Why.ERRORS, rules)
        if shift is not None:
            return shift
    if unchanged_for >= rules.slow_every:
        slow = {name for name, each in of.items() if each.is_slow(rules)}
        shift = _away_from(slow, active, of, Why.SLOW, rules)
        if shift is not None:
            return shift
    return _back(active, now, rules) if unchanged_for >= rules.drift_after else None


def shared(of: GatewayState, priority: int, channel: Sequence[GatewayState]) -> dict[str, int]:
    """Return each gateway's priority when one has a given one: the others share the rest as they did before."""
    others = [each for each in channel if each.name != of.name]
    total, rest = sum(each.priority for each in others), ALL - priority
    shares = {each.name: rest * each.priority // total if total else rest // len(others) for each in others}
    if others:  # what rounding has left
        shares[others[0].name] += rest - sum(shares.values())
    return {of.name: priority, **shares}


def _away_from(
    bad: set[str], active: Sequence[GatewayState], of: Mapping[str, Measured], why: Why, rules: GatewayRules
) -> Shift | None:
    """Return the shift from the worst of some gateways to the best of the others; None when all are bad."""
    losers = [each for each in active if each.name in bad and each.priority > 0]
    others = [each for each in active if each.name not in bad]
    if not losers or not others:
        return None
    loser = max(losers, key=lambda each: (of[each.name].errors, of[each.name].slow, each.priority))
    winner = min(others, key=lambda each: (of[each.name].errors, each.priority))
    points = min(rules.step, loser.priority)
    return Shift(why, {loser.name: loser.priority - points, winner.name: min(ALL, winner.priority + points)})


def _back(active: Sequence[GatewayState], now: datetime, rules: GatewayRules) -> Shift | None:
    drifts = [each.drifted_at for each in active if each.drifted_at is not None]
    if drifts and now - max(drifts) < rules.drift_every:
        return None
    moved = {each.name: _nearer(each, rules.step) for each in active if each.priority != each.resting_priority}
    return Shift(Why.DRIFT, moved) if moved else None


def _nearer(state: GatewayState, step: int) -> int:
    away = state.resting_priority - state.priority
    return state.priority + max(-step, min(step, away))

"""`python -m benchmarks.gateway_outage`: how long voters wait while an SMS gateway fails, hangs or slows, with one and with two.

A simulation in its own time, of seconds: the rules are the product's (choice, circuit, shifts, places, retries), the gateways are not.
"""

import heapq
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from activities.gateways.base.circuit import Circuit
from benchmarks.base.tables import Table
from election.routing.choice import GatewayState, LastTry, choose
from election.routing.shifting import Measured, Why, next_shift
from election.rules.gateways import GatewayRules

_BEGUN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
_A_SECOND = 5.0
_OUTAGE = (600.0, 1200.0)
_END = 3600.0
_PLACES = 40
_RETRIES = (1.0, 1.0, 2.0, 4.0, 8.0)  # then every fifteen seconds
_LATER = 15.0
_SHIFT_EVERY = 10.0
_DELIVERY = 5.0
_SLOW_DELIVERY = 480.0
_RULES = GatewayRules()


@dataclass(frozen=True)
class Outage:
    """What the first gateway does meanwhile: a try that fails after so many seconds, or a delivery that takes so long."""

    name: str
    fails_after: float = 0.0
    may_be_taken: bool = False
    delivery: float = _DELIVERY


_OUTAGES = (
    Outage("refuses connections", fails_after=2.0),
    Outage("takes messages and never answers", fails_after=10.0, may_be_taken=True),
    Outage("accepts, and delivers after 8 minutes", delivery=_SLOW_DELIVERY),
)


@dataclass
class _Message:
    begun: float
    tries: int = 0
    last: LastTry | None = None
    gateway: str = ""
    accepted: float | None = None
    delivered: float | None = None


@dataclass
class _Gateway:
    circuit: Circuit
    errors: deque[float] = field(default_factory=deque)


class Simulation:
    """Voters who ask five times a second for an hour, of which an outage takes ten minutes."""

    def __init__(self, outage: Outage, priorities: tuple[int, ...]) -> None:
        self._outage = outage
        self.now = 0.0
        self._random, self._numbers = Random(1), count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._waiting: deque[_Message] = deque()
        self._free = _PLACES
        names = ("first", "second")[: len(priorities)]
        self.states = [
            GatewayState(name, points, points, _BEGUN - timedelta(hours=1))
            for name, points in zip(names, priorities, strict=True)
        ]
        self._gateways = {name: _Gateway(Circuit(lambda: self.now)) for name in names}
        self.messages: list[_Message] = []

    def run(self) -> list[float]:
        """Return how long each voter waited who asked during the outage, until the SMS was on the phone."""
        for number in range(int(_END * _A_SECOND)):
            self._at(number / _A_SECOND, self._ask)
        for number in range(int(2 * _END / _SHIFT_EVERY)):
            self._at(number * _SHIFT_EVERY, self._shift)
        while self._events:
            self.now, _, event = heapq.heappop(self._events)
            event()
        during = [each for each in self.messages if _OUTAGE[0] <= each.begun < _OUTAGE[1]]
        return [(each.delivered or 2 * _END) - each.begun for each in during]

    def _at(self, when: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), event))

    def _ask(self) -> None:
        message = _Message(self.now)
        self.messages.append(message)
        self._queue(message)

    def _queue(self, message: _Message) -> None:
        self._waiting.append(message)
        self._take()

    def _take(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            self._try(self._waiting.popleft())

    def _try(self, message: _Message) -> None:
        out = {name for name, each in self._gateways.items() if each.circuit.is_out_of_order}
        chosen = choose(self.states, self._random.random(), last=message.last, out_of_order=out)
        assert chosen is not None
        message.gateway = chosen
        self._gateways[chosen].circuit.begin()
        is_broken = chosen == "first" and _OUTAGE[0] <= self.now < _OUTAGE[1]
        if is_broken and self._outage.fails_after:
            self._at(self.now + self._outage.fails_after, lambda: self._fail(message))
        else:
            delivery = self._outage.delivery if is_broken else _DELIVERY
            self._at(self.now + 0.1, lambda: self._accept(message, delivery))

    def _fail(self, message: _Message) -> None:
        self._give_back()
        gateway = self._gateways[message.gateway]
        gateway.circuit.fail()
        gateway.errors.append(self.now)
        message.last = LastTry(message.gateway, "timeout", may_be_taken=self._outage.may_be_taken)
        wait = _RETRIES[message.tries] if message.tries < len(_RETRIES) else _LATER
        message.tries += 1
        self._at(self.now + wait, lambda: self._queue(message))

    def _accept(self, message: _Message, delivery: float) -> None:
        self._give_back()
        self._gateways[message.gateway].circuit.succeed()
        message.accepted, message.delivered = self.now, self.now + delivery

    def _give_back(self) -> None:
        self._free += 1
        self._take()

    def _shift(self) -> None:
        instant = _BEGUN + timedelta(seconds=self.now)
        measured = {name: self._measured(name) for name in self._gateways}
        shift = next_shift(self.states, measured, instant, _RULES)
        if shift is None:
            return
        moved = [replace(each, priority=shift.priorities.get(each.name, each.priority)) for each in self.states]
        if shift.why is Why.DRIFT:
            self.states = [replace(each, drifted_at=instant) for each in moved]
        else:
            self.states = [replace(each, changed_at=instant) for each in moved]

    def _measured(self, name: str) -> Measured:
        since = self.now - _RULES.errors_within.total_seconds()
        errors = sum(at > since for at in self._gateways[name].errors)
        recent = self.now - _RULES.slow_within.total_seconds()
        accepted = [each for each in self.messages if each.gateway == name and (each.accepted or 0.0) > recent]
        took = (min(each.delivered or self.now, self.now) - (each.accepted or 0.0) for each in accepted)
        return Measured(errors, len(accepted), sum(each >= _RULES.slow_after.total_seconds() for each in took))


def table() -> Table:
    """Return the table of all outages."""
    columns = {
        "outage": "for ten minutes the first gateway",
        "gateways": "gateways (priority)",
        "ten_seconds": "on the phone within 10 s",
        "minute": "within a minute",
        "five_minutes": "within 5 minutes",
        "longest": "longest wait",
    }
    result = Table("A gateway that fails, five SMS a second", columns)
    for outage in _OUTAGES:
        for priorities in ((100,), (100, 0), (50, 50)):
            waits = sorted(Simulation(outage, priorities).run())
            shares = [
                f"{100 * sum(wait <= limit for wait in waits) / len(waits):.0f} %" for limit in (10, 60, 300)
            ]
            result.add(outage.name, " and ".join(map(str, priorities)), *shares, f"{waits[-1]:.0f} s")
    return result


if __name__ == "__main__":
    sys.stdout.write(table().markdown() + "\n")

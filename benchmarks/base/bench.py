"""Where a measure finds what it needs: its size, a demo to measure, people who have not been used."""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from demo.client import electors
from demo.client.running import Demo, finish, free_ports, start
from demo.client.voter import Person

_ELECTION = Path(__file__).parents[2] / "election" / "default.toml"
_QUICK = {"wait": timedelta(seconds=3), "window": timedelta(seconds=4)}
_KEYS = {"wait": "first_wait|longest_wait", "window": "display_window"}
# The demo's own 20 SMS a second would be what is measured.
_UNHINDERED = {"REASSORT_SMPP_RATE": "2000"}


class Scale(StrEnum):
    """How large a run is."""

    QUICK = "quick"
    USUAL = "usual"
    LONG = "long"


@dataclass
class Ground:
    """A running demo, and people to come."""

    demo: Demo
    at_least: int
    _next: int = 0
    _spare: list[Person] | None = None

    async def people(self, number: int) -> list[Person]:
        """Return electors who have not been used yet; the roll is added to when there are too few."""
        spare = self._spare or []
        if len(spare) < number:
            more = max(number - len(spare), self.at_least)
            spare += await asyncio.to_thread(electors.load, self.demo.state, more, self._next)
            self._next += more
        self._spare = spare[number:]
        return spare[:number]


class Bench:
    """Sizes, demos, and a line on the standard error for whoever waits."""

    def __init__(self, scale: Scale, stack: AsyncExitStack) -> None:
        self.scale = scale
        self.broken: list[str] = []  # what must hold, and did not
        self._stack = stack
        self._ground: Ground | None = None

    def size(self, quick: int, usual: int, long: int | None = None) -> int:
        """Return the number that fits the run: `long` is the usual one unless it is given."""
        return {Scale.QUICK: quick, Scale.USUAL: usual, Scale.LONG: long or usual}[self.scale]

    def say(self, text: str) -> None:
        """Let whoever waits know how far it is."""
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()

    @asynccontextmanager
    async def ground(self, **times: timedelta) -> AsyncIterator[Ground]:
        """Give a demo that nobody has used, for as long as the context lasts.

        `times` are an election's own unless they are given: the `wait` after each wrong proof from
        the fifth on, the `window` in which a code is shown. A quick run has one demo for everything,
        with short times.
        """
        if self.scale is Scale.QUICK:
            if self._ground is None:
                opening = opened(at_least=100, times=_QUICK)
                self._ground = await self._stack.enter_async_context(opening)
            yield self._ground
            return
        async with opened(at_least=1, times=times) as ground:
            yield ground


@asynccontextmanager
async def opened(*, at_least: int, times: dict[str, timedelta]) -> AsyncIterator[Ground]:
    """Give a demo with a state of its own; nothing of it is left afterwards."""
    environment, ports = dict(_UNHINDERED), free_ports()
    async with AsyncExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment["REASSORT_ELECTION"] = str(_election(state, times))
        demo = await asyncio.to_thread(start, state / "run", ports, **environment)
        stack.push_async_callback(asyncio.to_thread, finish, demo)
        yield Ground(demo, at_least)


def _election(state: Path, times: dict[str, timedelta]) -> Path:
    path, text = state / "election.toml", _ELECTION.read_text(encoding="utf-8")
    for name, time in times.items():
        text = re.sub(f"({_KEYS[name]}) = .*", rf'\1 = "PT{time.total_seconds():g}S"', text)
    path.write_text(text, encoding="utf-8")
    return path

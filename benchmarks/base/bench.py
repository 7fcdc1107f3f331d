"""What a benchmark needs: sizes for its run, a demo to measure, and electors who have not been used yet."""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import psutil

from benchmarks.base import second_processes
from benchmarks.base.storage import PROCESSES, Processes
from demo.client import electors
from demo.client.running import Demo, finish, free_ports, start
from demo.client.voter import Person

_ELECTION = Path(__file__).parents[2] / "election" / "demo.toml"
_SHORT_TIMES = {"wait": timedelta(seconds=3), "window": timedelta(seconds=4)}
_KEYS = {"wait": "first_wait|longest_wait", "window": "display_window"}
# Otherwise the demo's limit of 20 SMS a second would be measured, and `followers --long` opens more than 10,000 streams.
ENVIRONMENT = {"REASSORT_SMPP_RATE": "2000", "REASSORT_WEB_STREAMS": "20000"}
_QUICK_IMPORT = 25  # electors: a quick run imports once for several benchmarks, and each has two secrets to hash


class Scale(StrEnum):
    """The size of a run."""

    QUICK = "quick"
    USUAL = "usual"
    LONG = "long"


@dataclass(frozen=True)
class Choices:
    """What is measured in the place of everything on the plain demo.

    `temporal_pids` are the processes of another Temporal server, at REASSORT_TEMPORAL_ADDRESS. With `doubled` there are
    two web processes, and two workers of each role. `ways` and `at_once` are the only recoveries and widths of `rate`.
    """

    temporal_pids: tuple[int, ...] = ()
    doubled: bool = False
    ways: tuple[str, ...] = ()
    at_once: tuple[int, ...] = ()


@dataclass
class Testbed:
    """A running demo, and electors on its roll who have not been used yet; `import_size` is the least import.

    `urls` are the addresses of its web processes.
    """

    demo: Demo
    urls: tuple[str, ...]
    processes: Processes
    import_size: int = 1
    _imported: int = 0
    _unused: tuple[Person, ...] = ()

    async def people(self, number: int) -> list[Person]:
        """Return so many unused electors; more are imported if there are too few."""
        unused = list(self._unused)
        if len(unused) < number:
            missing = max(number - len(unused), self.import_size)
            unused += await asyncio.to_thread(electors.load, self.demo.state, missing, self._imported)
            self._imported += missing
        self._unused = tuple(unused[number:])
        return unused[:number]


class Bench:
    """The scale of a run, its demos, its progress on the standard error, and the invariants that did not hold."""

    def __init__(self, scale: Scale, stack: AsyncExitStack, choices: Choices) -> None:
        self.violations: list[str] = []
        self.choices = choices
        self._scale = scale
        self._stack = stack
        self._shared: Testbed | None = None

    @property
    def is_quick(self) -> bool:
        """Whether the run only tests the benchmarks: its figures mean nothing."""
        return self._scale is Scale.QUICK

    def size(self, quick: int, usual: int, long: int | None = None) -> int:
        """Return the number for the scale of the run; `long` is the usual one if it is not given."""
        return {Scale.QUICK: quick, Scale.USUAL: usual, Scale.LONG: long or usual}[self._scale]

    def sizes(self, by_scale: Mapping[Scale, tuple[int, ...]]) -> tuple[int, ...]:
        """Return the numbers for the scale of the run."""
        return by_scale[self._scale]

    def progress(self, text: str) -> None:
        """Write a line about the progress to the standard error."""
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()

    @asynccontextmanager
    async def testbed(self, **times: timedelta) -> AsyncIterator[Testbed]:
        """Yield a new demo, which is stopped at the end.

        `times` replace those of the election: the `wait` after each wrong proof from the fifth on, the `window` in which
        a code is shown. A quick run has one demo with short times for all benchmarks.
        """
        if self.is_quick:
            if self._shared is None:
                opening = _open_testbed(self.choices, _SHORT_TIMES, _QUICK_IMPORT)
                self._shared = await self._stack.enter_async_context(opening)
            yield self._shared
            return
        async with _open_testbed(self.choices, times) as testbed:
            yield testbed


@asynccontextmanager
async def _open_testbed(
    choices: Choices, times: dict[str, timedelta], import_size: int = 1
) -> AsyncIterator[Testbed]:
    environment, ports = dict(ENVIRONMENT), free_ports()
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment["REASSORT_ELECTION"] = str(_write_election(directory, times))
        demo = await asyncio.to_thread(start, directory / "run", ports, **environment)
        stack.push_async_callback(asyncio.to_thread, finish, demo)
        urls: tuple[str, ...] = (demo.url,)
        processes = _processes(demo, choices)
        if choices.doubled:
            second = await stack.enter_async_context(second_processes.started(demo))
            urls += (second.url,)
            processes = {name: group + second.processes.get(name, []) for name, group in processes.items()}
        yield Testbed(demo, urls, processes, import_size)


def _processes(demo: Demo, choices: Choices) -> Processes:
    own = [name for name in PROCESSES if name != "temporal" or demo.temporal_address is None]
    processes = {name: [demo.process(name)] for name in own}
    return {"temporal": [psutil.Process(each) for each in choices.temporal_pids], **processes}


def _write_election(directory: Path, times: dict[str, timedelta]) -> Path:
    path, text = directory / "election.toml", _ELECTION.read_text(encoding="utf-8")
    for name, time in times.items():
        text = re.sub(f"({_KEYS[name]}) = .*", rf'\1 = "PT{time.total_seconds():g}S"', text)
    # Some voters of `load` ask twice within seconds.
    text = re.sub("(between_sends) = .*", r'\1 = "PT0S"', text)
    path.write_text(text, encoding="utf-8")
    return path

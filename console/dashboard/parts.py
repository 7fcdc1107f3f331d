"""Whether each part of the system works, and since when: every check ends in time, whatever hangs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_TIMEOUT = 2.5  # seconds; a part that has not answered then does not answer


class State(StrEnum):
    """What a check found."""

    WELL = "well"
    RESERVE = "reserve"  # it works or not: by somebody's decision nothing needs it
    FAILING = "failing"
    UNKNOWN = "unknown"  # what would tell it is away itself


@dataclass(frozen=True)
class Finding:
    """What a check found; `detail` is a sentence, `began_at` is when it began as far as the check can tell.

    `is_outage` says that it could not look, since what would tell it is away.
    """

    state: State
    detail: str = ""
    began_at: datetime | None = None
    is_outage: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the system; `is_seen` is whether this process saw the state begin at `since`, else it is older."""

    name: str
    state: State
    detail: str
    since: datetime
    is_seen: bool


# What a check finds is None for a part that this installation does not have; a check of several parts finds something of each,
# by its name.
Check = Callable[[], Awaitable[Finding | Mapping[str, Finding] | None]]


class PartWatch:
    """Runs the checks of all parts at once, and remembers since when each part is as it is.

    In an outage of what a check looks at, its parts are those of before, and afterwards they are as they are since before it.
    """

    def __init__(self, checks: Mapping[str, Check], now: Callable[[], datetime]) -> None:
        self._checks = checks
        self._now = now
        self._known: dict[str, Part] = {}
        self._before_outage: dict[str, Part | None] = {}
        self._names: dict[str, list[str]] = {}  # of the parts that each check has found

    async def current(self) -> list[Part]:
        """Return every part that there is, in the order of the checks."""
        findings = await asyncio.gather(*(_in_time(check) for check in self._checks.values()))
        found: dict[str, Finding] = {}
        for check, finding in zip(self._checks, findings, strict=True):
            found |= self._of_parts(check, finding)
        self._known = {name: self._part(name, each) for name, each in found.items()}
        return list(self._known.values())

    def _of_parts(self, check: str, finding: Finding | Mapping[str, Finding] | None) -> Mapping[str, Finding]:
        """Return what was found of each part of a check; in an outage the same of each that was there before."""
        if isinstance(finding, Finding) and finding.is_outage:
            return dict.fromkeys(self._names.get(check, [check]), finding)
        found = {check: finding} if isinstance(finding, Finding) else finding or {}
        self._names[check] = list(found)
        return found

    def _part(self, name: str, finding: Finding) -> Part:
        before = self._known.get(name)
        if finding.is_outage:
            self._before_outage.setdefault(name, before)
        else:
            before = self._before_outage.pop(name, before)
        if finding.began_at is not None:
            return Part(name, finding.state, finding.detail, finding.began_at, is_seen=True)
        if before is not None and before.state is finding.state:
            return Part(name, finding.state, finding.detail, before.since, is_seen=before.is_seen)
        return Part(name, finding.state, finding.detail, self._now(), is_seen=before is not None)


async def _in_time(check: Check) -> Finding | Mapping[str, Finding] | None:
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await check()
    except TimeoutError:
        return Finding(State.FAILING, "Ne répond pas.")

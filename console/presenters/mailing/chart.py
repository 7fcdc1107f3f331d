"""The chart of a mailing: mails by hour, drawn here as numbers for an SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from activities.outbox.mailing_figures import Numbered

WIDTH, HEIGHT = 960, 240
_LEFT, _BOTTOM, _TOP = 64, 28, 12
_MOST_BARS = 96
_LABELS = 8


@dataclass(frozen=True)
class Bar:
    """One hour or more: where its bar stands, how high the accepted and the failed part are, and the numbers of both."""

    x: float
    width: float
    accepted_y: float
    accepted_height: float
    failed_y: float
    failed_height: float
    label: str
    said: str
    accepted: int
    failed: int


@dataclass(frozen=True)
class Line:
    """A line of the scale, with its number."""

    y: float
    number: int


@dataclass(frozen=True)
class Chart:
    """The bars, in the order of time, and the scale; `step` is how many hours a bar stands for."""

    bars: list[Bar]
    lines: list[Line]
    step: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT

    @property
    def bottom(self) -> int:
        """Where the bars stand."""
        return self.height - _BOTTOM


def chart(hours: Sequence[Numbered], zone: ZoneInfo) -> Chart | None:
    """Return the chart of the hours from the first to the last, also those without a mail; None without any."""
    numbers = {each.of: each for each in hours if isinstance(each.of, datetime)}
    if not numbers:
        return None
    first, last = min(numbers), max(numbers)
    length = int((last - first) / timedelta(hours=1)) + 1
    step = math.ceil(length / _MOST_BARS)
    parts = [_sum(numbers, first + timedelta(hours=begin), step) for begin in range(0, length, step)]
    most = max(part.accepted + part.failed for part in parts)
    top = _round_up(most)
    bars = _bars(parts, top, zone)
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    lines = [Line(ground - room * share, int(top * share)) for share in (0.5, 1.0)]
    return Chart(bars, lines, step)


def _sum(numbers: dict[datetime, Numbered], begin: datetime, step: int) -> Numbered:
    found = [numbers.get(begin + timedelta(hours=hour)) for hour in range(step)]
    there = [each for each in found if each is not None]
    return Numbered(begin, sum(each.accepted for each in there), sum(each.failed for each in there))


def _bars(parts: Sequence[Numbered], top: int, zone: ZoneInfo) -> list[Bar]:
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    slot = (WIDTH - _LEFT) / len(parts)
    every = math.ceil(len(parts) / _LABELS)
    bars = []
    for number, part in enumerate(parts):
        accepted, failed = room * part.accepted / top, room * part.failed / top
        at = part.of.astimezone(zone) if isinstance(part.of, datetime) else None
        bars.append(
            Bar(
                x=round(_LEFT + number * slot, 1),
                width=round(max(1.0, slot - 2), 1),
                accepted_y=round(ground - accepted, 1),
                accepted_height=round(accepted, 1),
                failed_y=round(ground - accepted - failed, 1),
                failed_height=round(failed, 1),
                label=f"{at:%d/%m %H\u00a0h}" if at and number % every == 0 else "",
                said=f"{at:%d/%m/%Y %H\u00a0h}" if at else "",
                accepted=part.accepted,
                failed=part.failed,
            )
        )
    return bars


def _round_up(number: int) -> int:
    """Return the next round number: 1, 2 or 5 times a power of ten, and 2 at least, so that its half is whole."""
    power: int = 10 ** max(0, len(str(max(1, number))) - 1)
    return max(2, next(each * power for each in (1, 2, 5, 10) if each * power >= number))

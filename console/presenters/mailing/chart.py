"""The chart of a mailing: mails by hour, as numbers for an SVG whose text has one size at every width.

Positions and widths along the time axis are percentages of the drawing's width, which is that of its page; heights are in pixels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from activities.outbox.mailing_figures import Numbered

HEIGHT = 240
_BOTTOM, _TOP = 28, 12
_MOST_BARS = 96
_GAP = 0.2  # of the place of a bar
# On which screens a label stands: of how many there are at most, and after which share of the width there is no room for one.
_LABELS: dict[Literal["wide", "narrow"], tuple[int, float]] = {"wide": (8, 0.92), "narrow": (3, 0.76)}


@dataclass(frozen=True)
class Bar:
    """One hour or more: where its bar stands, how high the accepted and the failed part are, and the numbers of both."""

    x: float
    width: float
    accepted_y: float
    accepted_height: float
    failed_y: float
    failed_height: float
    said: str
    accepted: int
    failed: int


@dataclass(frozen=True)
class Label:
    """An hour below the bars, on wide screens or on narrow ones."""

    x: float
    text: str
    screen: Literal["wide", "narrow"]


@dataclass(frozen=True)
class Line:
    """A line of the scale, with its number."""

    y: float
    number: int


@dataclass(frozen=True)
class Chart:
    """The bars, in the order of time, with their labels, and the scale; `step` is how many hours a bar stands for."""

    bars: list[Bar]
    labels: list[Label]
    lines: list[Line]
    step: int
    height: int = HEIGHT

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
    begins = [first + timedelta(hours=begin) for begin in range(0, length, step)]
    parts = [_sum(numbers, begin, step) for begin in begins]
    most = max(part.accepted + part.failed for part in parts)
    top = _round_up(most)
    local = [begin.astimezone(zone) for begin in begins]
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    lines = [Line(ground - room * share, int(top * share)) for share in (0.5, 1.0)]
    return Chart(_bars(parts, local, top), _labels(local), lines, step)


def _sum(numbers: dict[datetime, Numbered], begin: datetime, step: int) -> Numbered:
    found = [numbers.get(begin + timedelta(hours=hour)) for hour in range(step)]
    there = [each for each in found if each is not None]
    return Numbered(begin, sum(each.accepted for each in there), sum(each.failed for each in there))


def _bars(parts: Sequence[Numbered], begins: Sequence[datetime], top: int) -> list[Bar]:
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    slot = 100 / len(parts)
    bars = []
    for number, (part, begin) in enumerate(zip(parts, begins, strict=True)):
        accepted, failed = room * part.accepted / top, room * part.failed / top
        bars.append(
            Bar(
                x=round(number * slot, 3),
                width=round(slot * (1 - _GAP), 3),
                accepted_y=round(ground - accepted, 1),
                accepted_height=round(accepted, 1),
                failed_y=round(ground - accepted - failed, 1),
                failed_height=round(failed, 1),
                said=f"{begin:%d/%m/%Y %H\u00a0h}",
                accepted=part.accepted,
                failed=part.failed,
            )
        )
    return bars


def _labels(begins: Sequence[datetime]) -> list[Label]:
    labels = []
    for screen, (most, last) in _LABELS.items():
        for number in range(0, len(begins), math.ceil(len(begins) / most)):
            if number / len(begins) <= last:
                text = f"{begins[number]:%d/%m %H\u00a0h}"
                labels.append(Label(round(100 * number / len(begins), 3), text, screen))
    return labels


def _round_up(number: int) -> int:
    """Return the next round number: 1, 2 or 5 times a power of ten, and 2 at least, so that its half is whole."""
    power: int = 10 ** max(0, len(str(max(1, number))) - 1)
    return max(2, next(each * power for each in (1, 2, 5, 10) if each * power >= number))

"""The chart of a mailing: mails and opened links by hour, as numbers for an SVG whose text has one size at every width.

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
_STACK, _OPENED = 0.5, 0.3  # of the place of a bar: the rest is a gap
# On which screens a label stands: of how many there are at most, and after which share of the width there is no room for one.
_LABELS: dict[Literal["wide", "narrow"], tuple[int, float]] = {"wide": (8, 0.92), "narrow": (3, 0.76)}


Kind = Literal["sent", "failed", "bounced", "opened"]


@dataclass(frozen=True)
class Part:
    """A rectangle of a bar: what it counts, where it stands, and how large it is."""

    kind: Kind
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One hour or more: its numbers, accepted mails with those that failed on them, and opened links beside them."""

    parts: list[Part]
    said: str
    numbers: Numbered


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
    most = max(max(part.accepted + part.failed, part.opened) for part in parts)
    top = _round_up(most)
    local = [begin.astimezone(zone) for begin in begins]
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    lines = [Line(ground - room * share, int(top * share)) for share in (0.5, 1.0)]
    return Chart(_bars(parts, local, top), _labels(local), lines, step)


def stacked(numbers: Numbered) -> list[tuple[Kind, int, int]]:
    """Return the parts of a bar of mails, each with how many are before it and how many are in it."""
    accepted, failed = numbers.accepted, numbers.failed
    return [
        ("sent", 0, accepted),
        ("failed", accepted, failed - numbers.bounced),
        ("bounced", accepted + failed - numbers.bounced, numbers.bounced),
    ]


def _sum(numbers: dict[datetime, Numbered], begin: datetime, step: int) -> Numbered:
    hours = [begin + timedelta(hours=hour) for hour in range(step)]
    found = [numbers[hour] for hour in hours if hour in numbers]
    return Numbered(begin, *(sum(getattr(each, name) for each in found) for name in Numbered._fields[1:]))


def _bars(parts: Sequence[Numbered], begins: Sequence[datetime], top: int) -> list[Bar]:
    slot = 100 / len(parts)
    return [
        Bar(_parts(part, number * slot, slot, top), f"{begin:%d/%m/%Y %H\u00a0h}", part)
        for number, (part, begin) in enumerate(zip(parts, begins, strict=True))
    ]


def _parts(numbers: Numbered, x: float, slot: float, top: int) -> list[Part]:
    ground, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP

    def part(kind: Kind, x: float, width: float, below: int, number: int) -> Part:
        y, height = ground - room * (below + number) / top, room * number / top
        return Part(kind, round(x, 3), round(width, 3), round(y, 1), round(height, 1))

    width = slot * _STACK
    parts = [part(kind, x, width, below, number) for kind, below, number in stacked(numbers)]
    parts.append(part("opened", x + width, slot * _OPENED, 0, numbers.opened))
    return [each for each in parts if each.height]


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

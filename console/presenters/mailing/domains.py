"""A mailing by mail domain, as the bars of a chart: what became of the mails, and below it how many links were opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities.outbox.mailing_figures import Numbered
from console.presenters.mailing.chart import Part, stacked

_MOST_BARS = 20  # the table has every domain
_MAILS, _OPENED_Y, _OPENED = 10, 11, 5  # pixels, of the 16 of a bar


@dataclass(frozen=True)
class DomainBar:
    """One domain: its bar, and how many mails the relay has answered."""

    domain: str
    number: int
    parts: list[Part]


def domain_bars(rows: Sequence[Numbered]) -> list[DomainBar]:
    """Return the bars of the domains with most mails, of which the longest has the whole width."""
    shown = rows[:_MOST_BARS]
    most = max((max(each.accepted + each.failed, each.opened) for each in shown), default=0) or 1
    return [DomainBar(str(each.of), each.accepted + each.failed, _parts(each, most)) for each in shown]


def _parts(numbers: Numbered, most: int) -> list[Part]:
    parts = [
        Part(kind, round(100 * begin / most, 1), round(100 * number / most, 1), 0, _MAILS)
        for kind, begin, number in stacked(numbers)
    ]
    parts.append(Part("opened", 0, round(100 * numbers.opened / most, 1), _OPENED_Y, _OPENED))
    return [each for each in parts if each.width]

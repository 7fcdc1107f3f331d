"""How long messages took, in two figures that people understand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Delay:
    """Half of the messages took no longer than `median`, nine in ten no longer than `nine_in_ten`."""

    median: timedelta
    nine_in_ten: timedelta


def typical(seconds: Iterable[float]) -> Delay | None:
    """Return the delay that these messages had, each by a message that had it; None when there is none."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    median, nine_in_ten = (ordered[-(-len(ordered) * tenths // 10) - 1] for tenths in (5, 9))
    return Delay(timedelta(seconds=median), timedelta(seconds=nine_in_ten))

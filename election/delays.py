"""How long messages took: the median and the 90th percentile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Delay:
    """The median, and the time that nine in ten messages did not exceed."""

    median: timedelta
    nine_in_ten: timedelta


def typical(seconds: Iterable[float]) -> Delay | None:
    """Return the delay of these messages, each figure being one message's own; None without any."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    median, nine_in_ten = (ordered[-(-len(ordered) * tenths // 10) - 1] for tenths in (5, 9))
    return Delay(timedelta(seconds=median), timedelta(seconds=nine_in_ten))

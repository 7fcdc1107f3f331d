"""How long messages took: the median and the 90th percentile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class DelayPercentiles:
    """The median, and the time that nine in ten messages did not exceed."""

    median: timedelta
    percentile_90: timedelta


def delay_percentiles(seconds: Iterable[float]) -> DelayPercentiles | None:
    """Return the percentiles of some delays by the nearest-rank method, or None when there is no delay."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    median, percentile_90 = (ordered[-(-len(ordered) * tenths // 10) - 1] for tenths in (5, 9))
    return DelayPercentiles(timedelta(seconds=median), timedelta(seconds=percentile_90))

"""Statistics of timings: percentiles, and whether two sets of them can be distinguished."""

import math
from bisect import bisect_left, bisect_right

_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
# Columns of a table for `percentiles`: headings by key.
PERCENTILES = {f"{name}_ms": f"{name}, ms" for name in _SHARES}


def percentile(values: list[float], share: float) -> float:
    """Return the least of the values that `share` of them (0 to 1) do not exceed; NaN if there are none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def milliseconds(values: list[float], share: float = 0.5) -> float:
    """Return a percentile, by default the median, of values in seconds, converted to milliseconds."""
    return percentile(values, share) * 1000


def percentiles(values: list[float]) -> tuple[float, ...]:
    """Return the cells under `PERCENTILES` for values in seconds."""
    return tuple(milliseconds(values, share) for share in _SHARES.values())


def roc_auc(some: list[float], others: list[float]) -> float:
    """Return how well a value tells its set: 0.5 is chance, 1 is always.

    It is the area under the ROC curve (Mann and Whitney's U) with the slower set as the positive one.
    """
    ranked = sorted(others)
    wins = sum((bisect_left(ranked, each) + bisect_right(ranked, each)) / 2 for each in some)
    area = wins / (len(some) * len(others))
    return max(area, 1 - area)

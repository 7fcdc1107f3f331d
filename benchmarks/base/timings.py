"""What many timings say together."""

import math
from bisect import bisect_left, bisect_right


def percentile(values: list[float], share: float) -> float:
    """Return the least value that `share` of the values do not exceed; NaN when there are none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def milliseconds(values: list[float], share: float = 0.5) -> float:
    """Return a percentile of seconds, in milliseconds; the median unless told otherwise."""
    return percentile(values, share) * 1000


def told_apart(some: list[float], others: list[float]) -> float:
    """Return how well one value tells which of two sets it is from: 0.5 is not at all, 1 is always.

    The area under the ROC curve, by Mann and Whitney's U; whichever set is the slower one.
    """
    ranked = sorted(others)
    wins = sum((bisect_left(ranked, each) + bisect_right(ranked, each)) / 2 for each in some)
    area = wins / (len(some) * len(others))
    return max(area, 1 - area)

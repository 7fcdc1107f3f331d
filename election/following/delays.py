"""How long messages took: the median and the 90th percentile, and what voters are told of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from election.text.translation import gettext as _


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


def delay_sentence(delay: DelayPercentiles | None) -> str:
    """Return how long SMS take at the moment."""
    if delay is None:
        return _("Un SMS arrive le plus souvent en quelques minutes.")
    median, percentile_90 = _minutes(delay.median), _minutes(delay.percentile_90)
    if median == percentile_90:
        return _("En ce moment, neuf SMS sur dix arrivent en {most} au plus.").format(most=percentile_90)
    return _("En ce moment, un SMS sur deux arrive en {median} au plus, neuf sur dix en {most} au plus.").format(
        median=median, most=percentile_90
    )


def _minutes(span: timedelta) -> str:
    minutes = -(-span // timedelta(minutes=1))
    return _("une minute") if minutes <= 1 else _("{minutes}\u00a0minutes").format(minutes=minutes)

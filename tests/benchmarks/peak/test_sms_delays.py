"""Arrivals and SMS delays of `peak`: seeded, with the mean and the tail that they should have."""

from itertools import pairwise
from random import Random
from statistics import fmean

import pytest

from benchmarks.base.timings import percentile
from benchmarks.peak.sms_delays import MEDIAN, P99, arrivals, sms_delay

_DRAWS = 20_000


def _draw(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a test that can be repeated


def test_half_of_the_sms_take_the_median_and_one_in_a_hundred_the_tail() -> None:
    """The distribution has the two figures that the table names."""
    draw = _draw(1)
    delays = [sms_delay(draw, 10_000) for _ in range(_DRAWS)]
    assert percentile(delays, 0.5) == pytest.approx(MEDIAN, rel=0.05)
    assert percentile(delays, 0.99) == pytest.approx(P99, rel=0.15)


def test_no_sms_takes_longer_than_the_run_allows() -> None:
    """The tail is cut, and some are as long as is allowed."""
    draw = _draw(1)
    assert max(sms_delay(draw, 30.0) for _ in range(_DRAWS)) == 30.0


def test_arrivals_come_at_the_mean_rate_within_the_run() -> None:
    """The intervals are exponential: their mean is that of the rate, and they are as spread as they are long."""
    instants = arrivals(_draw(1), 4, 2_000)
    assert instants == sorted(instants)
    assert 0 < instants[0] < instants[-1] < 2_000
    intervals = [after - before for before, after in pairwise(instants)]
    assert fmean(intervals) == pytest.approx(1 / 4, rel=0.05)
    assert fmean(each**2 for each in intervals) == pytest.approx(2 / 4**2, rel=0.1)


def test_the_same_seed_draws_the_same_voters() -> None:
    """A run can be repeated."""
    assert arrivals(_draw(7), 8, 10) == arrivals(_draw(7), 8, 10)
    assert arrivals(_draw(7), 8, 10) != arrivals(_draw(8), 8, 10)

"""What many timings say together."""

import math

import pytest

from benchmarks.base.timings import milliseconds, percentile, told_apart


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)])
def test_a_percentile_is_a_value_that_was_seen(share: float, value: float) -> None:
    """The least one that this share of all do not exceed, in whatever order they came."""
    assert percentile([float(each) for each in range(100, 0, -1)], share) == value


def test_the_worst_of_few_is_their_p99() -> None:
    """Nothing is made up between two values."""
    assert milliseconds([0.001, 0.25, 0.002], 0.99) == pytest.approx(250)


def test_nothing_seen_is_no_number() -> None:
    """Not zero, which would be the best of all."""
    assert math.isnan(percentile([], 0.5))


@pytest.mark.parametrize(
    ("some", "others", "area"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.5),
        ([1.0, 2.0], [3.0, 4.0], 1.0),
        ([3.0, 4.0], [1.0, 2.0], 1.0),
        ([1.0, 3.0], [2.0, 4.0], 0.75),
        ([5.0, 5.0], [5.0], 0.5),
    ],
)
def test_two_sets_are_told_apart_whichever_is_slower(some: list[float], others: list[float], area: float) -> None:
    """1 where every value gives itself away, 0.5 where none does; equal values count half."""
    assert told_apart(some, others) == area

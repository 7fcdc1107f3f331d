"""Statistics of timings."""

import math

import pytest

from benchmarks.base.timings import PERCENTILES, milliseconds, percentile, percentiles, roc_auc


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    """It is the least value that this share of all does not exceed, in any order."""
    assert percentile([float(each) for each in range(100, 0, -1)], share) == value


def test_the_p99_of_few_values_is_the_largest() -> None:
    """There is no interpolation between two values."""
    assert milliseconds([0.001, 0.25, 0.002], 0.99) == pytest.approx(250)


def test_a_table_has_a_column_for_each_percentile() -> None:
    """The cells are milliseconds, in the order of the columns."""
    values = [each / 1000 for each in range(1, 101)]
    assert dict(zip(PERCENTILES, percentiles(values), strict=True)) == pytest.approx(
        {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99}
    )


def test_without_values_the_result_is_nan() -> None:
    """It is not zero, which would be the best result."""
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
def test_the_auc_does_not_depend_on_which_set_is_slower(
    some: list[float], others: list[float], area: float
) -> None:
    """It is 1 if the sets do not overlap, 0.5 if they are equal; equal values count half."""
    assert roc_auc(some, others) == area

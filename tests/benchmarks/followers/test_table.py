"""How many streams `followers` opens: those that its web and this machine allow."""

import resource

from benchmarks.base.bench import ENVIRONMENT
from benchmarks.followers.table import STREAMS, steps_within


def test_the_web_of_the_benchmark_takes_as_many_streams_as_the_longest_run_opens() -> None:
    """Its own default is ten thousand."""
    assert int(ENVIRONMENT["REASSORT_WEB_STREAMS"]) >= max(max(steps) for steps in STREAMS.values())


def test_a_step_that_needs_too_many_files_is_left_out_and_named() -> None:
    """The run ends, and its table says what is missing."""
    steps = (1_000, 10_000, 20_000)
    assert steps_within(steps, 20_500) == steps_within(steps, resource.RLIM_INFINITY) == (steps, [])
    possible, [note] = steps_within(steps, 20_000)
    assert (possible, "20,000 streams" in note) == ((1_000, 10_000), True)

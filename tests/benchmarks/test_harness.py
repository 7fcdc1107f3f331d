"""`make bench`, at its smallest: the harness works, whatever the figures."""

import subprocess
import sys
from pathlib import Path

import pytest

from demo.client.journeys import JOURNEYS

_ROOT = Path(__file__).parent.parent.parent
_ENOUGH = 300  # seconds, on a machine that others use too


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_ENOUGH, check=False)


@pytest.fixture(scope="module")
def quick() -> "subprocess.CompletedProcess[str]":
    """Two measures, made quickly."""
    return _bench("history", "load", "--quick")


def test_every_figure_says_when_and_how_it_was_made(quick: "subprocess.CompletedProcess[str]") -> None:
    """Above the tables of each measure: date, machine, versions, and the command that makes them again."""
    headings = [
        line for line in quick.stdout.splitlines() if "`python -m benchmarks history load --quick`" in line
    ]
    assert len(headings) == 2, quick.stderr
    assert all(word in heading for heading in headings for word in ("cores", "Python 3.", "Server 1.", "20"))


def test_histories_are_told_by_recovery_and_stage(quick: "subprocess.CompletedProcess[str]") -> None:
    """Each way through each recovery has its rows: a recovery to come is one row more."""
    table = quick.stdout.partition("### History of one recovery")[2].partition("###")[0]
    rows = [line.split("|")[1:5] for line in table.splitlines() if "| it has ended" in line]
    ended = {name.strip(): float(events) for name, _, events, _ in rows}
    assert set(ended) == {journey.name for journey in JOURNEYS}
    assert all(events > 20 for events in ended.values())


def test_a_run_ends_well_when_all_invariants_hold(quick: "subprocess.CompletedProcess[str]") -> None:
    """Ten voters have come and gone; every recovery is in its place, every message accounted for."""
    assert quick.returncode == 0, quick.stderr
    assert "| every sent message arrived, once    | yes   |" in quick.stdout


def test_an_unknown_measure_is_refused() -> None:
    """With the names of those that there are."""
    refused = _bench("speed")
    assert refused.returncode == 2
    assert all(name in refused.stderr for name in ("rate", "history", "pages", "memory", "load"))

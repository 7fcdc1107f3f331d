"""`python -m benchmarks --quick`: the benchmarks run; their figures are not checked."""

import subprocess
import sys
from pathlib import Path

import pytest

from demo.client.journeys import JOURNEYS

_ROOT = Path(__file__).parent.parent.parent
_TIMEOUT = 300  # seconds


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_TIMEOUT, check=False)


@pytest.fixture(scope="module")
def quick() -> "subprocess.CompletedProcess[str]":
    """The result of two benchmarks."""
    return _bench("history", "load", "--quick")


def test_each_benchmark_has_a_heading(quick: "subprocess.CompletedProcess[str]") -> None:
    """It has the date, the machine, the versions and the command."""
    headings = [
        line for line in quick.stdout.splitlines() if "`python -m benchmarks history load --quick`" in line
    ]
    assert len(headings) == 2, quick.stderr
    assert all(word in heading for heading in headings for word in ("cores", "Python 3.", "Server 1.", "20"))


def test_the_table_of_histories_has_every_recovery(quick: "subprocess.CompletedProcess[str]") -> None:
    """Each recovery by each channel has a row for its end."""
    table = quick.stdout.partition("### History of one recovery")[2].partition("###")[0]
    rows = [line.split("|")[1:5] for line in table.splitlines() if "| ended" in line]
    ended = {name.strip(): float(events) for name, _, events, _ in rows}
    assert set(ended) == {journey.name for journey in JOURNEYS}
    assert all(events > 20 for events in ended.values())


def test_the_status_is_0_if_all_invariants_hold(quick: "subprocess.CompletedProcess[str]") -> None:
    """After ten voters every recovery and every message is accounted for."""
    assert quick.returncode == 0, quick.stderr
    assert "| every sent message arrived, once             | yes   |" in quick.stdout


def test_an_unknown_benchmark_is_refused() -> None:
    """The message lists the names of the benchmarks."""
    refused = _bench("speed")
    assert refused.returncode == 2
    assert all(name in refused.stderr for name in ("rate", "history", "pages", "memory", "load"))

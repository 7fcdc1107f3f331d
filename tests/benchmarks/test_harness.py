"""`python -m benchmarks --quick`: the benchmarks run; their figures are not checked."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import BENCHMARKS, main, markdown
from benchmarks.base.tables import Table
from benchmarks.followers import table as followers
from benchmarks.mailing import table as mailing
from benchmarks.rate import table as rate
from demo.client.journeys import JOURNEYS

_ROOT = Path(__file__).parent.parent.parent
_TIMEOUT = 600  # seconds
# The first that runs waits for all of it.
_WAITS = pytest.mark.timeout(_TIMEOUT + 300)


@dataclass(frozen=True)
class _Quick:
    """A finished run: its exit status, its standard error, and the rows that it printed."""

    status: int
    progress: str
    rows: list[dict[str, Any]]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["name"] == name]


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_TIMEOUT, check=False)


@pytest.fixture(scope="module")
def quick() -> _Quick:
    """The result of three benchmarks, of two processes of each kind; with `--json` nothing but rows is printed."""
    run = _bench("history", "load", "peak", "--quick", "--doubled", "--json")
    return _Quick(run.returncode, run.stderr, [json.loads(line) for line in run.stdout.splitlines()])


@_WAITS
def test_the_table_of_histories_has_every_recovery(quick: _Quick) -> None:
    """Each recovery by each channel has a row for its end."""
    ended = {row["way"]: row["events"] for row in quick.named("history") if row["stage"] == "ended"}
    assert set(ended) == {journey.name for journey in JOURNEYS}, quick.progress
    assert all(events > 20 for events in ended.values())


@_WAITS
def test_the_status_is_0_if_all_invariants_hold(quick: _Quick) -> None:
    """After ten voters every recovery and every message is accounted for."""
    assert quick.status == 0, quick.progress
    holds = {row["invariant"]: row["holds"] for row in quick.named("load.invariants")}
    assert holds["every sent message arrived, once"] == "yes"


@_WAITS
def test_every_voter_of_the_peak_is_served(quick: _Quick) -> None:
    """Each signs in, asks, follows, and opens the link."""
    [peak] = quick.named("peak")
    assert peak["served"] == peak["voters"] > 0, quick.progress
    assert peak["sms_p50_ms"] <= peak["sms_p95_ms"] <= peak["sms_p99_ms"]
    assert 0 < peak["most_streams"] <= peak["voters"]
    views = {row["page"]: row["views"] for row in quick.named("peak.pages")}
    assert views["POST /lien/…"] == views["GET /reassort/suivi"] == peak["voters"]


def test_tables_have_a_heading() -> None:
    """It has the date, the machine, the versions and the command; the tables follow in Markdown."""
    table = Table("Pages", {"page": "page"})
    printed = markdown(["pages", "--quick"])("pages", datetime(2026, 11, 29, 12, tzinfo=UTC), [table])
    heading, _, tables = printed.partition("\n### Pages")
    assert heading.startswith("## pages\n")
    for words in ("2026-11-29 12:00", "cores", "Python 3.", "Server 1.", "`python -m benchmarks pages --quick`"):
        assert words in heading
    assert "| page |" in tables


@pytest.mark.parametrize(
    ("name", "columns", "keys"),
    [
        ("rate", rate._RATES, {"way", "per_second", "floor"}),
        ("mailing", mailing._COLUMNS, {"links_per_second"}),
        ("followers", followers._COLUMNS, {"streams", "core"}),
    ],
)
def test_rows_have_the_keys_that_programs_read(name: str, columns: dict[str, str], keys: set[str]) -> None:
    """A row of the main table has the benchmark's name, and these keys whatever its columns are called in Markdown."""
    table = Table("A measure", columns)
    table.add(*columns)
    [row] = [json.loads(line) for line in table.json_lines(name)]
    assert name in BENCHMARKS
    assert row["name"] == name
    assert keys <= set(row)


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message lists the names of the benchmarks."""
    with pytest.raises(SystemExit) as refused:
        main(["speed"])
    assert refused.value.code == 2
    told = capsys.readouterr().err
    assert all(name in told for name in BENCHMARKS)

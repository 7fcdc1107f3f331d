"""What a process measures of itself and of its machine."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from activities.metrics import process_metrics
from activities.metrics.process_metrics import CpuTimes, cpu_times, measured, stolen_ratio
from activities.store.database import Database

_STAT = "cpu  100 20 30 800 10 5 5 30 70 0\ncpu0 1 2 3 4 5 6 7 8 9 0\nintr 1\n"


def test_stolen_time_is_read_of_the_whole_machine(tmp_path: Path) -> None:
    """The time of guests is in the time of users already; a system that tells nothing gives None."""
    (tmp_path / "stat").write_text(_STAT)
    assert cpu_times(tmp_path / "stat") == CpuTimes(total=1000, stolen=30)
    assert cpu_times(tmp_path / "none") is None
    assert stolen_ratio(CpuTimes(1000, 30), CpuTimes(1200, 50)) == pytest.approx(0.1)
    assert stolen_ratio(CpuTimes(1000, 30), CpuTimes(1000, 30)) == 0


async def test_a_process_is_measured_while_it_runs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lag of its event loop, and its connections in use."""
    monkeypatch.setattr(process_metrics, "_EVERY", 0.001)
    before = REGISTRY.get_sample_value("reassort_event_loop_lag_seconds_count") or 0
    async with measured(database), database.reading():
        while REGISTRY.get_sample_value("reassort_event_loop_lag_seconds_count") == before:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        assert REGISTRY.get_sample_value("reassort_database_connections") == 1
    assert REGISTRY.get_sample_value("reassort_database_connections") == 0

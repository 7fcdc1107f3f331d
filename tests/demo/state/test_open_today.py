"""The demo's election: its dates are moved so that everything is open today."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.state.calendar import open_today
from election.settings import load
from election.timetable import Availability

_ELECTIONS = Path(__file__).parents[3] / "election"
NOW = datetime(2031, 5, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize("year", ["2011", "2018", "2022", "default"])
def test_the_vote_and_every_recovery_are_open_today(year: str, tmp_path: Path) -> None:
    """Also in 2011, whose requests closed before its vote opened; a second start has the same dates."""
    moved = tmp_path / "election.toml"
    assert open_today(_ELECTIONS / f"{year}.toml", moved, NOW)
    first, election = moved.read_text(encoding="utf-8"), load(moved)
    assert election.calendar.vote.availability(NOW) is Availability.OPEN
    assert {election.calendar.period_of(procedure).availability(NOW) for procedure in election.procedures} == {
        Availability.OPEN
    }
    assert election.calendar.links_expire > NOW
    assert open_today(_ELECTIONS / f"{year}.toml", moved, NOW)
    assert moved.read_text(encoding="utf-8") == first

"""The demo's election: its dates are moved so that everything is open today."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.state.calendar import open_today
from election.settings import load
from election.timetable import Availability

_ELECTIONS = Path(__file__).parents[3] / "election"
NOW = datetime(2031, 5, 7, 12, tzinfo=UTC)


def test_a_vote_that_has_not_begun_is_moved(tmp_path: Path) -> None:
    """Recoveries open fifteen days before the vote: on such a day the file is not used as it is."""
    moved = tmp_path / "election.toml"
    source = _ELECTIONS / "default.toml"
    opens = load(source).calendar.recoveries.opens
    assert open_today(source, moved, opens)
    assert load(moved).calendar.vote.availability(opens) is Availability.OPEN
    assert not open_today(source, moved, load(source).calendar.vote.opens)


@pytest.mark.parametrize("year", ["2011", "2018", "2022", "default", "demo"])
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

"""The demo's election: its dates are moved so that everything is open today."""

from datetime import UTC, datetime, timedelta
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


def test_a_vote_that_ends_within_two_days_is_moved(tmp_path: Path) -> None:
    """On its last day a link by e-mail would not live its day; a file that was moved is moved again then."""
    moved, source = tmp_path / "election.toml", _ELECTIONS / "demo.toml"
    now = load(source).calendar.recoveries.closes
    for _ in range(2):
        now -= timedelta(days=1)
        assert open_today(source, moved, now)
        closes = load(moved).calendar.recoveries.closes
        assert closes > now + timedelta(days=2)
        now = closes


def test_a_vote_of_one_day_is_left_as_it_is_on_that_day(tmp_path: Path) -> None:
    """Moved to the day before it would be over."""
    source = tmp_path / "source.toml"
    text = (_ELECTIONS / "demo.toml").read_text(encoding="utf-8")
    source.write_text(text.replace("opens = 2026-12-03", "opens = 2026-12-10"), encoding="utf-8")
    now = load(source).calendar.vote.opens + timedelta(hours=4)
    assert not open_today(source, tmp_path / "election.toml", now)
    assert load(tmp_path / "election.toml").calendar.vote.availability(now) is Availability.OPEN

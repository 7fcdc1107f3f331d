"""The availability of periods, the expiry of links and countdowns."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from election.timetable import Availability, Countdown, Period, countdown, format_in_zone, link_deadline

_PARIS = ZoneInfo("Europe/Paris")
_SECOND = timedelta(seconds=1)
_VOTE = Period(opens=datetime(2022, 12, 1, 8), closes=datetime(2022, 12, 8, 17)).in_zone(_PARIS)  # noqa: DTZ001


def test_a_period_includes_its_opening_and_excludes_its_closing() -> None:
    """It is open at the opening instant, and closed at the closing instant."""
    assert _VOTE.availability(_VOTE.opens - _SECOND) is Availability.NOT_YET
    assert _VOTE.availability(_VOTE.opens) is Availability.OPEN
    assert _VOTE.availability(_VOTE.closes - _SECOND) is Availability.OPEN
    assert _VOTE.availability(_VOTE.closes) is Availability.CLOSED


def test_instants_without_an_offset_are_in_the_election_s_zone() -> None:
    """8:00 in Paris in December is 7:00 UTC."""
    assert _VOTE.opens == datetime(2022, 12, 1, 7, tzinfo=UTC)


def test_instants_with_an_offset_are_not_changed() -> None:
    """`in_zone` returns an equal period."""
    span = Period(opens=datetime(2022, 12, 1, 7, tzinfo=UTC), closes=datetime(2022, 12, 8, 16, tzinfo=UTC))
    assert span.in_zone(ZoneInfo("Indian/Reunion")) == span


@pytest.mark.parametrize(
    ("opens", "closes", "fault"),
    [
        ("2022-12-08T17:00:00", "2022-12-01T08:00:00", "before"),
        ("2022-12-01T08:00:00", "2022-12-01T08:00:00", "before"),
        ("2022-12-01T08:00:00Z", "2022-12-08T17:00:00", "offset"),
    ],
)
def test_an_invalid_period_is_refused(opens: str, closes: str, fault: str) -> None:
    """It closes before or when it opens, or only one instant has an offset."""
    with pytest.raises(ValidationError, match=fault):
        Period.model_validate({"opens": opens, "closes": closes})


def test_a_link_expires_after_its_lifetime_or_with_the_election() -> None:
    """Whichever comes first."""
    noon = datetime(2022, 12, 8, 12, tzinfo=UTC)
    assert link_deadline(noon, timedelta(hours=1), noon + timedelta(hours=2)) == noon + timedelta(hours=1)
    assert link_deadline(noon, timedelta(hours=24), noon + timedelta(hours=2)) == noon + timedelta(hours=2)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=7, hours=9), Countdown(7, 9, 0)),
        (timedelta(days=1), Countdown(1, 0, 0)),
        (timedelta(hours=23, minutes=59, seconds=59), Countdown(0, 23, 59)),
        (timedelta(seconds=59), Countdown(0, 0, 0)),
        (timedelta(0), Countdown(0, 0, 0)),
        (timedelta(days=-1), Countdown(0, 0, 0)),
    ],
)
def test_a_countdown_has_days_hours_and_minutes(left: timedelta, expected: Countdown) -> None:
    """It is rounded down, and zero once the instant has passed."""
    noon = datetime(2022, 12, 1, 12, tzinfo=UTC)
    assert countdown(noon, noon + left) == expected


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_a_countdown_is_at_most_the_time_left(left: timedelta) -> None:
    """It is less than a minute shorter than the time left."""
    noon = datetime(2022, 12, 1, 12, tzinfo=UTC)
    shown = countdown(noon, noon + left)
    duration = timedelta(days=shown.days, hours=shown.hours, minutes=shown.minutes)
    assert duration <= left < duration + timedelta(minutes=1)


def test_instants_for_support_staff_are_in_the_election_s_zone() -> None:
    """With the zone's summer and winter time."""
    assert format_in_zone(datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC), "Europe/Paris") == "02/07 à 00:30:05"
    assert format_in_zone(datetime(2026, 12, 1, 22, 30, 5, tzinfo=UTC), "Europe/Paris") == "01/12 à 23:30:05"

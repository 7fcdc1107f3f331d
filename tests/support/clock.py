"""A clock that tests set, passed wherever code takes `now`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Returns the instant that a test has set; by default 3 December 2026, 9:00 UTC."""

    def __init__(self, instant: datetime = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        """Return the instant, with its time zone."""
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Move the clock forward, or back for a negative duration."""
        self.instant += by

"""A clock that tests set."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Returns the instant that a test has set."""

    def __init__(self, instant: datetime = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        """Return the instant, aware."""
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.instant += by

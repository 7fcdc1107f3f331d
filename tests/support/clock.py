"""A clock that tests set: time is an argument, never the machine's."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the instant that a test has set, wherever a `now` is asked for."""

    def __init__(self, instant: datetime = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        """Return the instant, aware."""
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.instant += by

"""The one clock of activities and door; everything else takes the time as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)

"""The clock of web and workers; everything else takes the time as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC)

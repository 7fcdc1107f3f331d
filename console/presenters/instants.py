"""Instants as operators read them: short, in French."""

from datetime import datetime
from zoneinfo import ZoneInfo


def written(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return « 14:02:31 » for an instant of today, else « 29/11/2026 14:02:31 »."""
    local, today = instant.astimezone(zone), now.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%d/%m/%Y %H:%M:%S}"

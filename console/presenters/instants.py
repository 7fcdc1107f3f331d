"""Instants and durations as operators read them: short, in French."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def written(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return « 14:02:31 » for an instant of today, else « 29/11/2026 14:02:31 »."""
    local, today = instant.astimezone(zone), now.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%d/%m/%Y %H:%M:%S}"


def length(duration: timedelta) -> str:
    """Return a duration in its largest two units: « 12 s », « 3 min 5 s », « 2 h 10 min », « 4 j 3 h »."""
    seconds = max(0, int(duration.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if duration < _MINUTE:
        return _joined((seconds, "s"))
    if duration < _HOUR:
        return _joined((minutes, "min"), (seconds % 60, "s"))
    if duration < _DAY:
        return _joined((hours, "h"), (minutes % 60, "min"))
    return _joined((days, "j"), (hours % 24, "h"))


def _joined(first: tuple[int, str], *rest: tuple[int, str]) -> str:
    shown = [first, *(each for each in rest if each[0])]
    return "\u00a0".join(f"{number}\u00a0{unit}" for number, unit in shown)

"""Numbers and durations, in the language that is spoken."""

import math
from datetime import timedelta

from election.text.translation import SOURCE, language, ngettext
from election.text.translation import gettext as _

# The time left until something is told in seconds up to this long, which the browser counts down, and in minutes when it is longer.
COUNTED_UP_TO = timedelta(minutes=2)


def written_number(number: int) -> str:
    """Return a whole number: `1 000 000` in French, with narrow non-breaking spaces, else `1,000,000`."""
    return f"{number:,}".replace(",", "\u202f") if language() == SOURCE else f"{number:,}"


def written_decimal(number: float, places: int = 1) -> str:
    """Return a number with so many decimals at most: « 50 », « 0,5 », in English `0.5`."""
    written = f"{number:.{places}f}".rstrip("0").rstrip(".")
    return written.replace(".", ",") if language() == SOURCE else written


def written_hours(duration: timedelta) -> str:
    """Return a duration in words as it follows « pendant » or « d’ »: « un jour », « une heure », « environ 36 heures »."""
    hours = math.ceil(duration / timedelta(hours=1))
    about = _("environ {hours}\u00a0heures").format(hours=hours)
    return {1: _("une heure"), 24: _("un jour")}.get(hours, about)


def written_duration(duration: timedelta) -> str:
    """Return an exact duration in its largest whole unit: « 90 secondes », « 1 heure », « 7 jours »."""
    days, hours, minutes = (duration / timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes"))
    if days.is_integer():
        return ngettext("{count}\u00a0jour", "{count}\u00a0jours", int(days)).format(count=int(days))
    if hours.is_integer():
        return ngettext("{count}\u00a0heure", "{count}\u00a0heures", int(hours)).format(count=int(hours))
    return _minutes(int(minutes)) if minutes.is_integer() else _seconds(math.ceil(duration.total_seconds()))


def written_span(duration: timedelta) -> str:
    """Return a duration in its two largest units, short: « 12 s », « 3 min 5 s », « 2 h », « 4 j 3 h »."""
    seconds = max(0, int(duration.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    units = {"j": days, "h": hours % 24, "min": minutes % 60, "s": seconds % 60}
    largest = next((place for place, number in enumerate(units.values()) if number), len(units) - 1)
    shown = list(units.items())[largest : largest + 2]
    parts = [f"{number}\u00a0{unit}" for place, (unit, number) in enumerate(shown) if number or not place]
    return "\u00a0".join(parts)


def written_countdown(seconds: int) -> str:
    """Return a time that is counted down on a page: « 120 secondes », « 2 minutes et 5 secondes », « 3 minutes »."""
    if seconds <= COUNTED_UP_TO.total_seconds():
        return _seconds(seconds)
    minutes, rest = _minutes(seconds // 60), seconds % 60
    return _("{minutes} et {seconds}").format(minutes=minutes, seconds=_seconds(rest)) if rest else minutes


def _minutes(number: int) -> str:
    return ngettext("{count}\u00a0minute", "{count}\u00a0minutes", number).format(count=number)


def _seconds(number: int) -> str:
    return ngettext("{count}\u00a0seconde", "{count}\u00a0secondes", number).format(count=number)

"""Formats dates for French sentences."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_location

_LOCALE = "fr"


def french_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Return « samedi 21 novembre 2026 à 14 h 32 (heure de Paris) » for an instant in a time zone.

    The first of a month is « 1er », a full hour goes without minutes (« 17 h »), and the spaces of
    the time do not break. A zone is named by its city: « heure de La Réunion ». In the hour that comes twice when the clocks
    go back, it is « heure d’été de Paris » the first time and « heure d’hiver de Paris » the second.

    Raises:
        ValueError: `instant` is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs its UTC offset to be shown in a zone")
    local = instant.astimezone(zone)
    day = "'1er'" if local.day == 1 else "d"
    time = "H'\u00a0h\u00a0'mm" if local.minute else "H'\u00a0h'"
    shown = format_datetime(local, f"EEEE {day} MMMM y 'à' {time}", tzinfo=zone, locale=_LOCALE)
    return f"{shown} ({_season(local)}{_clock(zone)})"


def _season(local: datetime) -> str:
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if not comes_twice:
        return "heure "
    return "heure d’hiver " if local.fold else "heure d’été "


def _clock(zone: ZoneInfo) -> str:
    city = get_timezone_location(zone, locale=_LOCALE, return_city=True)
    if city == "UTC":
        return "UTC"
    if city.startswith("Le "):
        return f"du {city.removeprefix('Le ')}"
    first_letter = unicodedata.normalize("NFD", city)[0]
    return f"d’{city}" if first_letter in "AEIOU" else f"de {city}"

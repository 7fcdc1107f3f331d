"""Formats dates for sentences, in the language that is spoken."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location

from election.text.translation import SOURCE, language

# Those of the zones of France that take an article; the others are cities, or islands without one.
_ARTICLES = {
    "Guadeloupe": "de la Guadeloupe",
    "Martinique": "de la Martinique",
    "Gambier": "des Gambier",
    "Kerguelen": "des Kerguelen",
    "Marquises": "des Marquises",
}


def written_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Return « samedi 21 novembre 2026 à 14 h 32 (heure de Paris) » for an instant in a time zone.

    The first of a month is « 1er », a full hour goes without minutes (« 17 h »), and the spaces of
    the time do not break. A zone is named by its city or territory: « heure de La Réunion », « heure des Marquises ». In the
    hour that comes twice when the clocks go back, it is « heure d’été de Paris » the first time and « heure d’hiver de Paris »
    the second. In English it is `Saturday 21 November 2026 at 14:32 (Paris time)`.

    Raises:
        ValueError: `instant` is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs its UTC offset to be shown in a zone")
    local = instant.astimezone(zone)
    return _in_french(local, zone) if language() == SOURCE else _in_english(local, zone)


def written_time(instant: datetime, zone: ZoneInfo) -> str:
    """Return the time of day of an instant in a time zone: « 14 h 02 », or `14:02` in English."""
    local = instant.astimezone(zone)
    return f"{local.hour}\u00a0h\u00a0{local:%M}" if language() == SOURCE else f"{local:%H:%M}"


def _in_french(local: datetime, zone: ZoneInfo) -> str:
    day = "'1er'" if local.day == 1 else "d"
    time = "H'\u00a0h\u00a0'mm" if local.minute else "H'\u00a0h'"
    shown = format_datetime(local, f"EEEE {day} MMMM y 'à' {time}", tzinfo=zone, locale="fr")
    season = {"": "heure", "summer": "heure d’été", "winter": "heure d’hiver"}[_season(local)]
    return f"{shown} ({season} {_of_the_city(zone)})"


def _in_english(local: datetime, zone: ZoneInfo) -> str:
    shown = format_datetime(local, "EEEE d MMMM y 'at' HH:mm", tzinfo=zone, locale="en_GB")
    city = _city(zone, "en_GB")
    season = f"{_season(local)} time".lstrip()
    return f"{shown} (UTC)" if city == "UTC" else f"{shown} ({city} {season})"


def written_day(day: date) -> str:
    """Return « 29 novembre 2026 », or « 1er décembre 2026 »; in English `1 December 2026`."""
    number = "'1er'" if day.day == 1 and language() == SOURCE else "d"
    return format_date(day, f"{number} MMMM y", locale="fr" if language() == SOURCE else "en_GB")


def _season(local: datetime) -> str:
    """Return which of the two same hours it is when the clocks go back; empty at any other hour."""
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if not comes_twice:
        return ""
    return "winter" if local.fold else "summer"


def _of_the_city(zone: ZoneInfo) -> str:
    place = _city(zone, "fr")
    if place == "UTC":
        return "UTC"
    first_letter = unicodedata.normalize("NFD", place)[0]
    return _ARTICLES.get(place, f"d’{place}" if first_letter in "AEIOU" else f"de {place}")


def _city(zone: ZoneInfo, locale: str) -> str:
    return get_timezone_location(zone, locale=locale, return_city=True)

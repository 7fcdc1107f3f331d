"""Parses birth dates as voters type them into the form of FranceConnect (yyyy-mm-dd)."""

import re
import unicodedata
from datetime import date

from election.text.folding import fold

_MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_SHORTEST_MONTH = 3  # letters
# What stands beside a date in a sentence.
_BESIDE = {"le", "er", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
_PARTS = re.compile(r"\d+|[a-z]+", re.ASCII)
_BETWEEN = re.compile(r"[\s/.,_-]*", re.ASCII)
_TYPED = re.compile(r"(\d{1,2}) (\d{1,2}) ((?:19|20)\d\d)", re.ASCII)
_TYPED_TOGETHER = re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)", re.ASCII)
# `autocomplete="bday"` fills in the first of these.
_ISO = re.compile(r"((?:19|20)\d\d) (\d{1,2}) (\d{1,2})", re.ASCII)
_ISO_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_SHORT_YEAR = re.compile(r"(?:(\d{1,2}) (\d{1,2}) |(\d\d)(\d\d))\d\d", re.ASCII)
_LEAP_YEAR = "2000"


def normalise(typed: str) -> str | None:
    """Return `1985-05-02` for `02/05/1985` and other spellings that mean one date, or None for anything else.

    The day comes first, or the year; the month may be a French word. `00` for a day, or for a day and a month, stands for
    what the civil registry does not know.
    """
    parts = _parts(typed)
    for shape in (_TYPED, _TYPED_TOGETHER):
        if found := shape.fullmatch(parts):
            day, month, year = found.groups()
            return _iso(year, month, day)
    for shape in (_ISO, _ISO_TOGETHER):
        if found := shape.fullmatch(parts):
            return _iso(*found.groups())
    return None


def has_short_year(typed: str) -> bool:
    """Return whether only the century is missing from a date: `25/12/88` may be of two."""
    found = _SHORT_YEAR.fullmatch(_parts(typed))
    if found is None:
        return False
    day, month = (part for part in found.groups() if part)
    return _iso(_LEAP_YEAR, month, day) is not None


def _parts(typed: str) -> str:
    """Return the day, month and year of a date with spaces between them, the month in digits; "" for other signs."""
    plain = unicodedata.normalize("NFD", fold(typed).lower())
    text = "".join(character for character in plain if not unicodedata.combining(character))
    if not _BETWEEN.fullmatch(_PARTS.sub("", text)):
        return ""
    return " ".join(_month(part) for part in _PARTS.findall(text) if part not in _BESIDE)


def _month(part: str) -> str:
    """Return the number of a month by its name or the beginning of it; anything else as it is."""
    if len(part) < _SHORTEST_MONTH or part.isdigit():
        return part
    found = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(part)]
    return str(found[0]) if len(found) == 1 else part


def _iso(year: str, month: str, day: str) -> str | None:
    if int(month) == 0 and int(day) != 0:
        return None
    try:
        date(int(year), int(month) or 1, int(day) or 1)
    except ValueError:
        return None
    return f"{year}-{int(month):02}-{int(day):02}"

"""Parses birth dates as voters type them (dd/mm/yyyy) into the form of FranceConnect (yyyy-mm-dd)."""

import re
from datetime import date

_TYPED = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", re.ASCII)


def normalise(typed: str) -> str | None:
    """Return `1985-05-02` for `02/05/1985`, or None when it is not a date.

    `00` for a day, or for a day and a month, stands for what the civil registry does not know.
    """
    shape = _TYPED.fullmatch(" ".join(typed.split()))
    if shape is None:
        return None
    day, month, year = (int(part) for part in shape.groups())
    if month == 0 and day != 0:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return f"{year:04}-{month:02}-{day:02}"

"""Compares FranceConnect's identity with the roll's, which are often spelt differently.

FranceConnect returns the civil registry's identity (« identité pivot »); the roll has what the administration typed.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from election.text.accents import unaccented

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_FRANCE = "99100"  # INSEE's code of the country
_SEXES = {"female": "F", "male": "M"}


@dataclass(frozen=True)
class CivilIdentity:
    """A person's identity in FranceConnect's claims; `birthplace` is empty for births abroad."""

    family_name: str
    given_name: str
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str

    @property
    def sex(self) -> str:
        """F or M as in the roll, or empty."""
        return _SEXES.get(self.gender, "")

    @property
    def is_born_in_france(self) -> bool:
        """Whether the commune of birth is known, so that it is compared."""
        return self.birthcountry == _FRANCE


def same_name(given: str, known: str) -> bool:
    """Return whether two family names are equal without accents, hyphens, spaces and case."""
    folded = _folded(given)
    return bool(folded) and folded == _folded(known)


def same_first_name(given: str, known: str) -> bool:
    """Return whether the first of the first names is equal; a compound one may have a space for its hyphen."""
    ours, theirs = _beginnings(known), _beginnings(given)
    return bool(ours and theirs) and (ours[0] in theirs or theirs[0] in ours)


def possible_dates(given: str) -> tuple[str, ...]:
    """Return every date that the roll may have for a birth date; none when it is not a date.

    Day or month may be unknown (`00`) on either side: `1990-05-00`, `1990-00-00`.
    """
    shape = _DATE.fullmatch(given)
    if shape is None:
        return ()
    year, month, day = shape.groups()
    if month == "00":
        return _within(year, "") if day == "00" else ()
    if day == "00":
        days = _within(year, month)
        return (*days, f"{year}-00-00") if days else ()
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return ()
    return (given, f"{year}-{month}-00", f"{year}-00-00")


def _within(year: str, month: str) -> tuple[str, ...]:
    """Return every date of a year or of one of its months, those with an unknown part first."""
    try:
        first = date(int(year), 1, 1)
    except ValueError:
        return ()
    days = [each for each in (first + timedelta(days=n) for n in range(366)) if each.year == first.year]
    known = [each.isoformat() for each in days if month in {"", f"{each:%m}"}]
    unknown = dict.fromkeys(f"{each[:7]}-00" for each in known)
    return (*unknown, *known) if month else (f"{year}-00-00", *unknown, *known)


def _beginnings(names: str) -> list[str]:
    """Return the first of the first names, then the first two joined, and so on."""
    words = [word for word in (_folded(each) for each in re.split(r"[\s,]+", names)) if word]
    return ["".join(words[: end + 1]) for end in range(len(words))]


def _folded(text: str) -> str:
    """Return the letters of a name in lower case, without accents, hyphens, apostrophes and spaces."""
    return "".join(character for character in unaccented(text.casefold()) if character.isalpha())

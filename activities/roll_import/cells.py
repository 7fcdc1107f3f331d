"""Reads cells that spreadsheets and personnel systems write in several ways, where there is one reading."""

import re

from election.proofs import birth_dates

_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
# What exports write so that a spreadsheet keeps a number's zeros, and what it makes of a column with empty cells.
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"|\'(\d.*)|(\d{5,})[.,]0', re.ASCII)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
# What databases, spreadsheets and Python write for no value, as they write it: « Nan » and « None » are names.
_NO_VALUES = frozenset(
    {"NULL", "null", "(NULL)", "(null)", "<NULL>", "<null>", "\\N", "NaN", "nan", "None", "N/A", "#N/A"}
)
_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
_WITHOUT_ZERO = re.compile(r"[1-9]\d{3}", re.ASCII)
_SEXES = {
    "F": ("f", "mme", "mlle", "madame", "mademoiselle", "femme", "féminin", "2"),
    "M": ("m", "mr", "monsieur", "h", "homme", "masculin", "1"),
}
_SEX_OF = {word: sex for sex, words in _SEXES.items() for word in words}
# UTF-8 that was read as Windows-1252 or Latin-1: a letter with an accent, or an apostrophe.
_CONTINUATION = "".join(map(chr, range(0x80, 0xC0))) + bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")
_MISREAD = re.compile(f"[ÂÃÄÅ][{_CONTINUATION}]|â€|\ufffd")
# Letters, digits, accents on their own, spaces, hyphens, and what stands for an apostrophe or around a name. No fraction
# (`Leb½uf`: « œ » of ISO 8859-15), no superscript, no letter that is a sign.
_NO_LETTERS = r"\u02c6\u02c7µƒ¹²³¼½¾\u2070-\u209f\u2150-\u218b\u2460-\u24ff"
_NAME = re.compile(rf"(?:[^\W\d_{_NO_LETTERS}]|[0-9\u0300-\u036f \-\u2010-\u2015'’‘`´.,()/&·])*")
# Capitals that begin a name or stand in one of capitals. After a small letter they were « é » or « è »: `RenŽ`, `MichŠle`.
_MISPLACED = re.compile(r"[a-zß-öø-ÿ][ŠŽ]")


def plain(cell: str) -> str:
    """Return a cell without the signs of a number that was kept as text: `="01053"`, `'01053`; or `75056.0`."""
    trimmed = cell.strip()
    found = _KEPT_AS_TEXT.fullmatch(trimmed)
    return next(text for text in found.groups() if text is not None).strip() if found else trimmed


def is_rounded(value: str) -> bool:
    """Return whether a spreadsheet made a number of what is none, whose last digits are lost: `2,62E+12`."""
    return _ROUNDED.fullmatch(value) is not None


def is_no_value(value: str) -> bool:
    """Return whether a program wrote a word for an empty cell: `NULL`, `nan`, `#N/A`."""
    return value in _NO_VALUES


def sex(value: str) -> str | None:
    """Return F or M for a letter, a word, a title or INSEE's digit; None for anything else."""
    return _SEX_OF.get(value.casefold().rstrip("."))


def birth_date(value: str) -> str | None:
    """Return `1962-05-31`, or `1962-00-00` if day and month are unknown; None for anything but one date.

    A time of midnight, which spreadsheets add, is left out.
    """
    return birth_dates.normalise(_MIDNIGHT.sub("", value))


def commune(value: str) -> str | None:
    """Return INSEE's code of five characters, with the first zero that a spreadsheet took away; None when it is none."""
    code = value.upper()
    if _WITHOUT_ZERO.fullmatch(code):
        return f"0{code}"
    return code if _COMMUNE.fullmatch(code) else None


def has_lost_accents(text: str) -> bool:
    """Return whether a text went through a wrong encoding: `HÃ©lÃ¨ne` for « Hélène »."""
    return not text.isascii() and _MISREAD.search(text) is not None


def is_name(text: str) -> bool:
    """Return whether a text has only what names have, where they have it; `H?l?ne`, `Leb½uf` and `RenŽ` do not."""
    return _NAME.fullmatch(text) is not None and _MISPLACED.search(text) is None

"""NUMEN: the number by which the education ministry knows a member of its staff."""

import re

_SHAPE = re.compile(r"\d{2}[A-Z]\d{7}[A-Z]{3}")


def normalise(typed: str) -> str | None:
    """Return the NUMEN as 13 characters without spaces, or None when the shape is wrong.

    Shape: 2 digits, 1 capital, 7 digits, 3 capitals; it has no check digit, so that a slip of
    the pen can only be found by comparing it with the roll.
    """
    compact = re.sub(r"[\s.\-]", "", typed).upper()
    return compact if compact.isascii() and _SHAPE.fullmatch(compact) else None

"""Parses the NUMEN, the education ministry's staff number."""

import re

from election.text.folding import compact

# The patterns of its characters.
CHARACTERS = (*[r"\d"] * 2, "[A-Z]", *[r"\d"] * 7, *["[A-Z]"] * 3)
_SHAPE = re.compile("".join(CHARACTERS))


def normalise(typed: str) -> str | None:
    """Return a NUMEN in 13 characters without spaces, or None when the form is wrong.

    The form is 2 digits, 1 capital, 7 digits, 3 capitals. Without a check digit, a typing error is found only by
    comparison with the roll.
    """
    number = compact(typed)
    return number if number.isascii() and _SHAPE.fullmatch(number) else None

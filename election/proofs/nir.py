"""Parses the NIR (social security number), of which the first 10 characters are asked."""

import re

from election.text.folding import compact

# The patterns of sex, year, month (or the codes for an unknown month), département, commune.
PARTS = ("[1-478]", r"\d{2}", r"(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)", r"(?:\d{2}|2[AB])", r"\d{3}")
_SHAPE = re.compile("".join(PARTS))


def normalise(typed: str) -> str | None:
    """Return the first 10 characters of a NIR without spaces, or None when the form is wrong.

    The whole number (13 or 15 characters) is accepted too. The first 10 characters have no check digit; the
    département may be `2A` or `2B` (Corsica).
    """
    number = compact(typed)
    if not number.isascii() or len(number) not in {10, 13, 15} or not _digits(number[10:]):
        return None
    return number[:10] if _SHAPE.fullmatch(number[:10]) else None


def department(nir10: str) -> str:
    """Return the département of birth: the 6th and 7th characters (`75`, `2A`, `97`, `99`…)."""
    return nir10[5:7]


def _digits(rest: str) -> bool:
    return rest == "" or rest.isdigit()

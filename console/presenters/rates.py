"""Rates as operators type and read them."""

from election.text.numbers import written_decimal


def shown_rate(rate: float) -> str:
    """Return a rate as its field shows it: « 20 », « 0,5 »."""
    return written_decimal(rate, places=6)


def rate_in(text: str, lowest: float, highest: float) -> float | None:
    """Return the rate that somebody typed, or None when it is no number between the two."""
    try:
        rate = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return rate if lowest <= rate <= highest else None

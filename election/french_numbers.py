"""Whole numbers in French format."""


def french_number(number: int) -> str:
    """Return a whole number in French format: `1 000 000`, with narrow non-breaking spaces."""
    return f"{number:,}".replace(",", "\u202f")

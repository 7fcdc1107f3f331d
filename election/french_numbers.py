"""Whole numbers and durations in French."""

import math
from datetime import timedelta


def french_number(number: int) -> str:
    """Return a whole number in French format: `1 000 000`, with narrow non-breaking spaces."""
    return f"{number:,}".replace(",", "\u202f")


def french_hours(duration: timedelta) -> str:
    """Return a duration in words as it follows « pendant » or « d’ »: « un jour », « une heure », « environ 36 heures »."""
    hours = math.ceil(duration / timedelta(hours=1))
    return {1: "une heure", 24: "un jour"}.get(hours, f"environ {hours}\u00a0heures")

"""Whole numbers and durations, in the language that is spoken."""

import math
from datetime import timedelta

from election.text.translation import SOURCE, language
from election.text.translation import gettext as _


def written_number(number: int) -> str:
    """Return a whole number: `1 000 000` in French, with narrow non-breaking spaces, else `1,000,000`."""
    return f"{number:,}".replace(",", "\u202f") if language() == SOURCE else f"{number:,}"


def written_hours(duration: timedelta) -> str:
    """Return a duration in words as it follows « pendant » or « d’ »: « un jour », « une heure », « environ 36 heures »."""
    hours = math.ceil(duration / timedelta(hours=1))
    about = _("environ {hours}\u00a0heures").format(hours=hours)
    return {1: _("une heure"), 24: _("un jour")}.get(hours, about)

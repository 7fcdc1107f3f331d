"""Lists of words in a sentence."""

from collections.abc import Sequence

from election.text.translation import gettext as _


def listed(words: Sequence[str]) -> str:
    """Return « a, b et c » for words."""
    return _joined(words, _("et"))


def either(words: Sequence[str]) -> str:
    """Return « a, b ou c » for words."""
    return _joined(words, _("ou"))


def _joined(words: Sequence[str], last: str) -> str:
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final

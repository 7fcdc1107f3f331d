"""Lists of words in a sentence, by patterns that another language may write otherwise."""

from collections.abc import Sequence
from functools import reduce

from election.text.translation import gettext as _


def listed(words: Sequence[str]) -> str:
    """Return « a, b et c » for words."""
    return _joined(words, _("{others} et {last}"))


def either(words: Sequence[str]) -> str:
    """Return « a, b ou c » for words."""
    return _joined(words, _("{others} ou {last}"))


def _joined(words: Sequence[str], ending: str) -> str:
    *others, last = words
    if not others:
        return last
    middle = _("{others}, {next}")
    row = reduce(lambda others, each: middle.format(others=others, next=each), others)
    return ending.format(others=row, last=last)

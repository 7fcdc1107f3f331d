"""Lists of words in a French sentence."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str = "et") -> str:
    """Return « a, b et c » for words; `last` is the word before the last one."""
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final

"""The secret answer, compared as 2022's form promised: « exactement la même réponse »."""

import unicodedata


def normalise(typed: str) -> str:
    """Return the answer as it is compared: trimmed, one form of Unicode, without regard to case."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()

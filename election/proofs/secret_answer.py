"""Normalises the secret answer, which 2022's form compares: « exactement la même réponse »."""

import unicodedata


def normalise(typed: str) -> str:
    """Return an answer in the form that is compared: trimmed, in Unicode NFKC, without case."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()

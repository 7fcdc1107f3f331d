"""Normalises the secret answer, which 2022's form compares: « exactement la même réponse »."""

import unicodedata

from election.text.folding import fold

# What keyboards and phones write for one letter or one sign.
_PLAIN = str.maketrans({"œ": "oe", "æ": "ae"} | dict.fromkeys("’‘‛ʼʹ′´`＇", "'"))


def normalise(typed: str) -> str:
    """Return an answer in the form that is compared: folded, in Unicode NFKC, without case.

    Apostrophes, ligatures and spaces are the same however they are written. Accents and other punctuation count.
    """
    one_sign = unicodedata.normalize("NFC", typed).translate(_PLAIN)  # first, since NFKC takes a space out of a ´
    folded = fold(unicodedata.normalize("NFKC", one_sign)).casefold().translate(_PLAIN)
    return " ".join(unicodedata.normalize("NFKC", folded).split())

"""Normalises the secret answer, which voters write as they do on the keyboard at hand."""

import unicodedata

from election.text.accents import unaccented
from election.text.folding import fold

# What keyboards and phones write for one sign.
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʼʹ′´`＇", "'"))


def normalise(typed: str) -> str:
    """Return an answer in the form that is compared: folded, in Unicode NFKC, without case and accents.

    Apostrophes, ligatures and spaces are the same however they are written. Other punctuation counts.
    """
    one_sign = unicodedata.normalize("NFC", typed).translate(_APOSTROPHES)  # first: NFKC takes a space out of a ´
    folded = fold(unicodedata.normalize("NFKC", one_sign)).casefold().translate(_APOSTROPHES)
    return " ".join(unicodedata.normalize("NFKC", unaccented(folded)).split())

"""Removes accents, for what people write with or without them."""

import unicodedata

# Letters that Unicode does not decompose into a plain one and an accent.
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
_PLAIN = str.maketrans(_LETTERS | {each.upper(): plain.title() for each, plain in _LETTERS.items()})


def unaccented(text: str) -> str:
    """Return a text without accents, in Unicode NFKD; a ligature is its letters, and a letter with a stroke a plain one."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return letters.translate(_PLAIN)

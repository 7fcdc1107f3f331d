"""Folds what people type or paste: removes what cannot be seen, and writes spaces and hyphens in one way."""

import unicodedata

# Characters without a look of their own, beside those of the category Cf: joiners, fillers, variation selectors.
_UNSEEN = frozenset(
    map(
        chr,
        [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, *range(0xFE00, 0xFE10), 0xFFA0],
    )
) | frozenset(map(chr, range(0xE0100, 0xE01F0)))
_AROUND_ADDRESS = '<>()[]"“”«»,;:. '
_GROUPING = str.maketrans("", "", ".-")
_SPACES = {"Zs", "Zl", "Zp"}
# Dashes of which Unicode says that they are none: a minus sign, and a bullet.
_OTHER_DASHES = {"\u2212", "\u2043"}


def fold(text: str) -> str:
    """Return a text in Unicode NFC without invisible characters and outer spaces; any space is ' ' and any dash '-'.

    For everything but passwords. Folded again, a text stays the same.
    """
    if text.isascii():  # most of a roll's cells: an import folds a million lines
        return text.strip()
    return unicodedata.normalize("NFC", "".join(map(_folded, text))).strip()


def ungrouped(text: str) -> str:
    """Return a folded code without the spaces and hyphens that group its characters; its case stays."""
    return "".join(fold(text).replace("-", "").split())


def compact(text: str) -> str:
    """Return a folded number or code in capitals, without the spaces, hyphens and dots that group its characters."""
    return "".join(fold(text).split()).translate(_GROUPING).upper()


def address_in(text: str) -> str:
    """Return a mail address, folded, without what mail programs and sentences put around it: `<…>,` and `mailto:`."""
    return fold(text).strip(_AROUND_ADDRESS).removeprefix("mailto:").removeprefix("MAILTO:").strip(_AROUND_ADDRESS)


def has_unseen(password: str) -> bool:
    """Return whether a password begins or ends with a space, or has a character that is not seen or looks like a space."""
    return password != password.strip() or any(
        _is_unseen(each) or unicodedata.category(each) == "Cc" or (each != " " and each.isspace())
        for each in password
    )


def _folded(character: str) -> str:
    if character.isascii():
        return character
    if _is_unseen(character):
        return ""
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    return "-" if category == "Pd" or character in _OTHER_DASHES else character


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _UNSEEN

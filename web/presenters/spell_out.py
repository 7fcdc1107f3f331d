"""Spells a code, for screen readers."""

from election.text.translation import N_
from election.text.translation import gettext as _

_NAMES = {
    "@": N_("arobase"),
    "&": N_("et commercial"),
    "(": N_("parenthèse ouvrante"),
    ")": N_("parenthèse fermante"),
    "/": N_("barre oblique"),
    ":": N_("deux-points"),
    ";": N_("point-virgule"),
    "!": N_("point d’exclamation"),
    "?": N_("point d’interrogation"),
}


def spell_out(code: str) -> str:
    """Return the name of each character, in order; with the case of letters where a code has both."""
    both_cases = code != code.upper() and code != code.lower()
    return ", ".join(_name(character, both_cases=both_cases) for character in code)


def _name(character: str, *, both_cases: bool) -> str:
    if both_cases and character.isalpha():
        return (_("{letter} majuscule") if character.isupper() else _("{letter} minuscule")).format(
            letter=character
        )
    return _(_NAMES[character]) if character in _NAMES else character

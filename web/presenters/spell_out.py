"""Spells a code, for screen readers."""

_NAMES = {
    "@": "arobase",
    "&": "et commercial",
    "(": "parenthèse ouvrante",
    ")": "parenthèse fermante",
    "/": "barre oblique",
    ":": "deux-points",
    ";": "point-virgule",
    "!": "point d’exclamation",
    "?": "point d’interrogation",
}


def spell_out(code: str) -> str:
    """Return the French name of each character, in order; with the case of letters where a code has both."""
    both_cases = code != code.upper() and code != code.lower()
    return ", ".join(_name(character, both_cases=both_cases) for character in code)


def _name(character: str, *, both_cases: bool) -> str:
    if both_cases and character.isalpha():
        return f"{character} {'majuscule' if character.isupper() else 'minuscule'}"
    return _NAMES.get(character, character)

"""A code spelled aloud, for screen readers."""

_NAMES = {"@": "arobase", "#": "dièse", "%": "pour cent", "+": "plus", "=": "égal", "?": "point d’interrogation"}


def spelled(code: str) -> str:
    """Return each character's name, in order; letters are said to be capitals once for all."""
    return ", ".join(_NAMES.get(character, character) for character in code)

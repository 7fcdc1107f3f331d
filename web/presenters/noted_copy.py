"""Says whether the voter has noted a secret rightly; `static/noted-copy.js` says the same where scripts run."""

from dataclasses import dataclass, field

from election.text.folding import ungrouped

_EMPTY = "Tapez d’abord ce que vous avez noté."
_RIGHT = "✔ C’est bien cela\u00a0: vous l’avez noté sans erreur."


@dataclass(frozen=True)
class NotedCopy:
    """What the voter typed, whether it is the secret, and the French sentence that says so."""

    typed: str = field(repr=False)
    is_right: bool
    sentence: str


def compare(secret: str, typed: str, group_size: int, *, case_counts: bool) -> NotedCopy:
    """Return the comparison of a secret, shown in groups, with what was typed; spaces and hyphens do not count."""
    noted = ungrouped(typed)
    if not case_counts:
        noted = noted.upper()
    if noted == secret:
        return NotedCopy(typed, is_right=True, sentence=_RIGHT)
    return NotedCopy(typed, is_right=False, sentence=_difference(secret, noted, group_size) if noted else _EMPTY)


def _difference(secret: str, noted: str, group_size: int) -> str:
    starts = range(0, len(secret), group_size)
    wrong = [
        number
        for number, start in enumerate(starts, 1)
        if secret[start : start + group_size] != noted[start : start + group_size]
    ]
    if len(noted) == len(secret):
        return _wrong_groups(wrong)
    # The groups after a character that is missing or in excess differ too, and say nothing.
    return " ".join([*map(_wrong_group, wrong[:1]), _wrong_length(len(noted) - len(secret))])


def _wrong_groups(wrong: list[int]) -> str:
    if len(wrong) == 1:
        return _wrong_group(wrong[0])
    first = ", ".join(map(str, wrong[:-1]))
    return f"Les groupes {first} et {wrong[-1]} ne correspondent pas."


def _wrong_group(number: int) -> str:
    return f"Le {number}{'er' if number == 1 else 'e'} groupe ne correspond pas."


def _wrong_length(excess: int) -> str:
    count = f"{abs(excess)}\u00a0caractère{'s' if abs(excess) > 1 else ''}"
    return f"Il y a {count} de trop." if excess > 0 else f"Il manque {count}."

"""Says whether the voter has noted a secret rightly; `static/noted-copy.js` says the same where scripts run."""

from dataclasses import dataclass, field

from election.text.folding import ungrouped
from election.text.translation import gettext as _
from election.text.translation import ngettext


@dataclass(frozen=True)
class NotedCopy:
    """What the voter typed, whether it is the secret, and the sentence that says so."""

    typed: str = field(repr=False)
    is_right: bool
    sentence: str


def compare(secret: str, typed: str, group_size: int, *, case_counts: bool) -> NotedCopy:
    """Return the comparison of a secret, shown in groups, with what was typed; spaces and hyphens do not count."""
    noted = ungrouped(typed)
    if not case_counts:
        noted = noted.upper()
    if noted == secret:
        return NotedCopy(typed, is_right=True, sentence=_right())
    sentence = _difference(secret, noted, group_size) if noted else _empty()
    return NotedCopy(typed, is_right=False, sentence=sentence)


def noted_sentences() -> dict[str, str]:
    """Return the same sentences for the script, by the attributes of its form; `{…}` stands for each value."""
    return {
        "data-empty": _empty(),
        "data-right": _right(),
        "data-first-group": _first_group(),
        "data-group": _group(),
        "data-groups": _groups(),
        "data-excess": _excess(1),
        "data-excesses": _excess(2),
        "data-missing": _missing(1),
        "data-missings": _missing(2),
    }


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
    return _groups().format(first=", ".join(map(str, wrong[:-1])), last=wrong[-1])


def _wrong_group(number: int) -> str:
    return _first_group() if number == 1 else _group().format(number=number)


def _wrong_length(excess: int) -> str:
    return _excess(excess).format(count=excess) if excess > 0 else _missing(-excess).format(count=-excess)


def _empty() -> str:
    return _("Tapez d’abord ce que vous avez noté.")


def _right() -> str:
    return _("✔ C’est bien cela\u00a0: vous l’avez noté sans erreur.")


def _first_group() -> str:
    return _("Le 1er groupe ne correspond pas.")


def _group() -> str:
    return _("Le {number}e groupe ne correspond pas.")


def _groups() -> str:
    return _("Les groupes {first} et {last} ne correspondent pas.")


def _excess(count: int) -> str:
    return ngettext("Il y a {count}\u00a0caractère de trop.", "Il y a {count}\u00a0caractères de trop.", count)


def _missing(count: int) -> str:
    return ngettext("Il manque {count}\u00a0caractère.", "Il manque {count}\u00a0caractères.", count)

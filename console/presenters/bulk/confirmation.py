"""The confirmation of an act on many recoveries: how many, what will happen, how long it takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from activities.acts.bulk_order import MAX_RATE, MIN_RATE
from console.presenters import words
from election.causes import cause_of
from election.text.numbers import COUNTED_UP_TO, written_duration
from workflows.contracts.orders import rate_limits

DEFAULT_RATE = 20
RATE_LIMITS = rate_limits(MIN_RATE, MAX_RATE)
NOTHING_CHOSEN = "Choisissez au moins une ligne."
NOTHING_FOUND = "Aucun envoi en échec ne répond à ce choix\u00a0: il a peut-être été relancé entre-temps."
_NOT_BEGUN = "Temporal n’a pas répondu\u00a0: rien ne dit que l’acte a commencé. Regardez les actes en nombre avant de réessayer."
_BEGUN_IN_PART = (
    "Temporal ne répond plus. A commencé, pour\u00a0: {}. Pour le reste, rien ne le dit\u00a0: regardez les actes en nombre "
    "avant de réessayer."
)
NO_OTHER_GATEWAY = "Ces envois n’ont pas d’autre passerelle\u00a0: il n’y en a qu’une pour leur canal."
SEVERAL_CHANNELS = (
    "Une passerelle n’envoie que des SMS, ou que des courriels\u00a0: choisissez des envois d’un seul canal."
)
WRONG_RATE = f"Indiquez un rythme de {RATE_LIMITS} par seconde."
_DOES_NOT_HELP = "Relancer n’aide pas d’ordinaire pour «\u00a0{}\u00a0»."
_ITEMS_SKIPPED = "Ce qui n’est plus en échec à son tour est passé, et la page de l’acte dit pourquoi."
_DURABLE = "L’acte continue même si un processus s’arrête. Sa page permet de le suspendre, de le reprendre et de l’arrêter."


class BulkAct(StrEnum):
    """An act on many recoveries; the value is that of its button."""

    RETRY = "relancer"
    OTHER_GATEWAY = "autre-passerelle"
    CANCEL = "annuler"

    @property
    def address(self) -> str:
        """The path that its confirmation posts to."""
        return f"/exploitation/echecs/{'annuler' if self is BulkAct.CANCEL else 'relancer'}"


_TITLES = {
    BulkAct.RETRY: ("Relancer {}", "envoi en échec", "envois en échec"),
    BulkAct.OTHER_GATEWAY: ("Relancer {} par une autre passerelle", "envoi en échec", "envois en échec"),
    BulkAct.CANCEL: ("Annuler {}", "réassort", "réassorts"),
}
_CONSEQUENCES = {
    BulkAct.RETRY: ("Chaque message repart vers la même destination. S’il échoue de nouveau, il revient ici.",),
    BulkAct.OTHER_GATEWAY: (
        "Chaque message repart vers la même destination, par la passerelle choisie. S’il échoue de nouveau, il revient ici.",
        "Si la première avait pris un message sans le dire, la personne peut le recevoir deux fois\u00a0: les deux valent pareil.",
    ),
    BulkAct.CANCEL: (
        "Les liens envoyés ne fonctionnent plus, et les réassorts se terminent. Ce qui a déjà été remis reste valable.",
        "Chaque personne peut faire une nouvelle demande.",
    ),
}


@dataclass(frozen=True)
class Confirmation:
    """What the page of a confirmation says."""

    title: str
    button: str
    consequences: list[str]
    warnings: list[str]
    takes: str


def confirmation(act: BulkAct, count: int, causes: Sequence[str], rate: float) -> Confirmation:
    """Return the confirmation of an act on so many recoveries, whose sends have failed for these causes."""
    title, one, many = _TITLES[act]
    shown = title.format(words.counted(count, one, many))
    found = [cause_of(each) for each in causes]
    useless = [each.sentence.rstrip(".") for each in found if not each.retry_helps]
    warnings = [] if act is BulkAct.CANCEL else [_DOES_NOT_HELP.format(each) for each in useless]
    takes = f"À ce rythme, l’acte dure environ {duration(count, rate)}."
    return Confirmation(shown, shown, [*_CONSEQUENCES[act], _ITEMS_SKIPPED, _DURABLE], warnings, takes)


def begun_in_part(causes: Sequence[str]) -> str:
    """Return what is said when acts have begun for these causes, perhaps for none, and Temporal did not answer for another."""
    if not causes:
        return _NOT_BEGUN
    begun = [f"«\u00a0{cause_of(each).sentence.rstrip('.')}\u00a0»" for each in causes]
    return _BEGUN_IN_PART.format(", ".join(begun))


def duration(count: int, rate: float) -> str:
    """Return how long so many take at a rate per second, rounded up: « 40 secondes », « 17 minutes »."""
    takes = timedelta(seconds=max(1, math.ceil(count / rate)))
    if takes <= COUNTED_UP_TO:
        return written_duration(takes)
    return written_duration(timedelta(minutes=math.ceil(takes / timedelta(minutes=1))))

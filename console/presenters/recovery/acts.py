"""The acts that the page of a recovery offers: only those that make sense for where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from console.presenters.recovery.record import RecoveryRecord
from election.procedures import Procedure, procedure_of
from election.settings import Election
from election.stages import WAITING, Stage


class RecoveryAct(StrEnum):
    """An act on one recovery; the value is the end of its address."""

    RETRY = "relancer"
    OTHER_GATEWAY = "autre-passerelle"
    EXTEND = "prolonger"
    CANCEL = "annuler"
    UNLOCK_SIGN_IN = "debloquer-la-connexion"
    GIVE_BACK = "rendre-une-demande"


@dataclass(frozen=True)
class ActTexts:
    """What an act's button and its confirmation say.

    `consequences` are the sentences of what will happen; `done` is what the page says afterwards.
    """

    label: str
    consequences: tuple[str, ...]
    done: str
    needs_reason: bool = True


TEXTS: dict[RecoveryAct, ActTexts] = {
    RecoveryAct.RETRY: ActTexts(
        "Relancer",
        (
            "Le message repart tout de suite, vers la même destination.",
            "La personne le voit sur sa page de suivi. S’il échoue de nouveau, il attend ici comme avant.",
        ),
        "L’envoi est relancé.",
        needs_reason=False,
    ),
    RecoveryAct.OTHER_GATEWAY: ActTexts(
        "Relancer par une autre passerelle",
        (
            "Le message repart tout de suite, vers la même destination, par la passerelle choisie.",
            "Si la première l’avait pris sans le dire, la personne peut le recevoir deux fois\u00a0: les deux valent pareil.",
        ),
        "L’envoi est relancé par une autre passerelle.",
        needs_reason=False,
    ),
    RecoveryAct.EXTEND: ActTexts(
        "Prolonger",
        ("Le lien envoyé reste valable plus longtemps, dans les limites de l’élection.",),
        "Le lien est prolongé.",
    ),
    RecoveryAct.CANCEL: ActTexts(
        "Annuler",
        (
            "Le lien envoyé ne fonctionne plus, et le réassort se termine. Ce qui a déjà été remis reste valable.",
            "La personne peut faire une nouvelle demande.",
        ),
        "Le réassort est annulé.",
    ),
    RecoveryAct.UNLOCK_SIGN_IN: ActTexts(
        "Débloquer la connexion",
        (
            "Les mots de passe faux comptés pour cette personne sont oubliés\u00a0: elle peut se connecter tout de suite.",
            "À ne faire qu’après lui avoir parlé\u00a0: quelqu’un d’autre a pu essayer à sa place.",
        ),
        "La connexion est débloquée.",
    ),
    RecoveryAct.GIVE_BACK: ActTexts(
        "Rendre les demandes",
        (
            "Les demandes d’identifiant comptées pour cette personne lui sont rendues\u00a0: elle peut en refaire.",
            "À ne faire que si elle dit ne pas les avoir faites, ou n’avoir rien reçu.",
        ),
        "Les demandes d’identifiant sont rendues.",
    ),
}


_DATABASE_RETRY = ActTexts(
    "Relancer",
    (
        "Ce que le réassort attend de la base de données est refait tout de suite.",
        "Si elle ne répond pas, ou refuse encore, il attend ici comme avant.",
    ),
    "Le réassort est relancé.",
    needs_reason=False,
)


def texts_of(act: RecoveryAct, record: RecoveryRecord) -> ActTexts:
    """Return what an act on a recovery says."""
    return _DATABASE_RETRY if act is RecoveryAct.RETRY and record.is_held_by_database else TEXTS[act]


def offered_acts(
    record: RecoveryRecord, election: Election, other_gateways: Sequence[tuple[str, str]] = ()
) -> list[RecoveryAct]:
    """Return the acts that make sense for a recovery where it stands."""
    procedure = procedure_of(record.workflow_id)
    is_held = record.stage is Stage.HELD and not record.is_held_by_database
    may_help = (is_held or record.is_held_by_database) and record.cause is not None and record.cause.retry_helps
    conditions = {
        RecoveryAct.RETRY: may_help,
        RecoveryAct.OTHER_GATEWAY: is_held and bool(other_gateways),
        RecoveryAct.EXTEND: bool(record.extensions),
        RecoveryAct.CANCEL: record.stage in WAITING,
        RecoveryAct.UNLOCK_SIGN_IN: True,
        RecoveryAct.GIVE_BACK: procedure is Procedure.IDENTIFIER and Procedure.IDENTIFIER in election.procedures,
    }
    return [act for act, is_offered in conditions.items() if is_offered]

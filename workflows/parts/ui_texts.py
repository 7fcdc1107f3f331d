"""The French texts of the Temporal UI: one record for each procedure, with a text for each of its stages."""

from collections.abc import Mapping
from dataclasses import dataclass

from election.procedures import Procedure
from election.stages import Stage

# How an operator retries; left out where a retry would not help.
RETRY = (
    "Relancer, dans la console (`/exploitation`)\u202f; si elle est arrêtée, par la ligne de commande "
    "(`python -m workflows.acts.cli retry`). "
)
_RETRIED_BY_ITSELF = "De nouveaux essais se font d’eux-mêmes\u202f; voir «\u00a0Pending Activities\u00a0»."
_OTHER_CHANNEL = " La personne peut choisir l’autre canal."
# The heading and the next step of a recovery that is held because of the database.
DATABASE_FAULT = (
    "Base de données en échec\u00a0: en attente",
    f"{RETRY}Après une panne, un nouvel essai se fait aussi de lui-même. La personne peut refaire une demande.",
)
_NOT_ACCEPTED = "Lien en retard\u00a0: la passerelle ne l’accepte pas"


@dataclass(frozen=True)
class UiTexts:
    """The texts of one procedure: a heading for each stage, and the next step of each stage that has one.

    `name` is the summary in the list of workflows. `destination` replaces the channel where there is only one.
    `not_accepted` is the heading and the next step of a late link that no gateway has accepted yet, or None for a
    procedure without links. `undelivered` replaces the heading of a recovery that has ended after its message had
    replaced the former credential.
    """

    name: str
    stages: Mapping[Stage, str]
    next_steps: Mapping[Stage, str]
    destination: str = ""
    not_accepted: tuple[str, str] | None = None
    undelivered: str = ""


_LINK_STAGES = {
    Stage.VERIFYING: "Vérification des preuves d’identité",
    Stage.SENDING: "Envoi du lien en cours",
    Stage.SENT: "Lien envoyé\u00a0: la personne doit l’ouvrir",
    Stage.LATE: "Lien en retard\u00a0: pas encore arrivé",
    Stage.HELD: "Envoi en échec\u00a0: en attente",
    Stage.OPENED: "Lien utilisé\u00a0: nouveau code en préparation",
    Stage.DISPLAYING: "Nouveau code affiché à la personne",
    Stage.REISSUED: "Terminé\u00a0: nouveau code délivré",
    Stage.REFUSED: "Terminé\u00a0: demande refusée, à cause des preuves, des dates ou d’une limite",
    Stage.EXPIRED: "Terminé\u00a0: lien expiré sans avoir été utilisé",
    Stage.CANCELLED: "Terminé\u00a0: annulé, par l’assistance, par un nouveau mot de passe ou par une opposition",
}
_LINK_NEXT_STEPS = {
    Stage.VERIFYING: "La réponse est donnée à la personne dès la vérification faite.",
    Stage.SENDING: _RETRIED_BY_ITSELF,
    Stage.SENT: "Rien à faire. Sans clic, le lien expire à l’heure dite.",
    Stage.LATE: "Rien à faire d’ici. La personne peut demander un nouvel envoi ou l’autre canal.",
    Stage.HELD: f"{RETRY}La personne peut aussi choisir l’autre canal.",
    Stage.OPENED: "Le code s’affiche dès que la base répond.",
    Stage.DISPLAYING: "La fenêtre se ferme d’elle-même\u202f; la messagerie professionnelle est prévenue.",
}
# For procedures with one channel, whose voter does not wait for an answer.
_WORK_MAIL_NEXT_STEPS = {
    **_LINK_NEXT_STEPS,
    Stage.VERIFYING: "Le lien part dès la recherche faite.",
    Stage.LATE: "Rien à faire d’ici. La personne peut refaire une demande.",
    Stage.HELD: f"{RETRY}La personne peut aussi refaire une demande.",
    Stage.OPENED: "La page le confirme dès que la base répond.",
}

VOTING_CODE = UiTexts(
    "Code de vote",
    _LINK_STAGES,
    _LINK_NEXT_STEPS,
    not_accepted=(_NOT_ACCEPTED, _RETRIED_BY_ITSELF + _OTHER_CHANNEL),
)

PASSWORD = UiTexts(
    "Mot de passe",
    {
        **_LINK_STAGES,
        Stage.VERIFYING: "Recherche de l’identifiant sur la liste électorale",
        Stage.OPENED: "Lien utilisé\u00a0: nouveau mot de passe en cours d’enregistrement",
        Stage.REISSUED: "Terminé\u00a0: nouveau mot de passe choisi",
        Stage.REFUSED: "Terminé\u00a0: identifiant inconnu, ou compte sans mot de passe",
    },
    _WORK_MAIL_NEXT_STEPS,
    destination="messagerie professionnelle",
    not_accepted=(_NOT_ACCEPTED, _RETRIED_BY_ITSELF),
)

IDENTIFIER = UiTexts(
    "Identifiant électeur",
    {
        **_LINK_STAGES,
        Stage.SENDING: "Envoi du nouvel identifiant en cours",
        Stage.SENT: "Nouvel identifiant envoyé\u00a0: il fonctionne, le SMS est en route",
        Stage.LATE: "SMS en retard\u00a0: pas encore arrivé",
        Stage.REISSUED: "Terminé\u00a0: nouvel identifiant envoyé",
        Stage.EXPIRED: (
            "Terminé\u00a0: aucun opérateur n’a accepté le dernier SMS. L’ancien identifiant reste valable, "
            "sauf si un SMS précédent avait été accepté"
        ),
    },
    {
        **_LINK_NEXT_STEPS,
        Stage.SENT: "Rien à faire. L’accusé de réception termine le réassort.",
        Stage.LATE: "Rien à faire d’ici. La personne peut refaire une demande, pour un autre numéro.",
        Stage.HELD: f"{RETRY}La personne peut aussi refaire une demande, pour un autre numéro.",
    },
    not_accepted=(
        "SMS en retard\u00a0: aucun opérateur ne l’a encore accepté",
        _RETRIED_BY_ITSELF
        + " L’ancien identifiant fonctionne toujours, sauf si un SMS précédent avait été accepté.",
    ),
    undelivered="Terminé\u00a0: le SMS n’est pas arrivé, l’ancien identifiant ne fonctionne plus",
)

IDENTIFIER_AND_PASSWORD = UiTexts(
    "Identifiant et mot de passe",
    {
        **_LINK_STAGES,
        Stage.VERIFYING: "Recherche de l’identifiant sur la liste électorale",
        Stage.HELD: "Envoi du lien en échec\u00a0: en attente",
        Stage.OPENED: "Lien utilisé\u00a0: mot de passe et identifiant en préparation",
        Stage.DISPLAYING: "Nouveau mot de passe affiché à la personne",
        Stage.REISSUED: "Terminé\u00a0: mot de passe affiché, identifiant envoyé",
        Stage.REFUSED: "Terminé\u00a0: identifiant inconnu, ou lien déjà parti avec l’envoi",
    },
    {
        **_WORK_MAIL_NEXT_STEPS,
        Stage.OPENED: "Le mot de passe s’affiche dès que la base répond.",
        Stage.DISPLAYING: "La fenêtre se ferme d’elle-même\u202f; l’identifiant part par courriel.",
    },
    destination="messagerie professionnelle",
    not_accepted=(_NOT_ACCEPTED, _RETRIED_BY_ITSELF),
)

# 2011, after the link was used: these texts describe the e-mail with the identifier.
SECOND_MAIL = UiTexts(
    IDENTIFIER_AND_PASSWORD.name,
    {
        **IDENTIFIER_AND_PASSWORD.stages,
        Stage.SENDING: "Mot de passe affiché\u00a0: envoi du nouvel identifiant en cours",
        Stage.LATE: "Nouvel identifiant en retard\u00a0: la messagerie ne l’accepte pas",
        Stage.HELD: "Envoi de l’identifiant en échec\u00a0: en attente",
        Stage.EXPIRED: "Terminé\u00a0: identifiant jamais parti, l’ancien reste valable avec le nouveau mot de passe",
        Stage.CANCELLED: "Terminé\u00a0: annulé avant l’envoi de l’identifiant",
    },
    {
        **IDENTIFIER_AND_PASSWORD.next_steps,
        Stage.LATE: _RETRIED_BY_ITSELF,
        Stage.HELD: f"{RETRY}La personne peut aussi demander un autre lien\u00a0: tout sera remplacé de nouveau.",
    },
    destination="courriel, à l’adresse choisie",
)

BY_PROCEDURE: dict[Procedure, UiTexts] = {
    Procedure.VOTING_CODE: VOTING_CODE,
    Procedure.IDENTIFIER: IDENTIFIER,
    Procedure.PASSWORD: PASSWORD,
    Procedure.IDENTIFIER_AND_PASSWORD: IDENTIFIER_AND_PASSWORD,
}

"""What support staff read in the Temporal UI: what is happening, since when, what comes next."""

from datetime import datetime

from election.procedures import Procedure, procedure_of
from election.stages import Channel, Stage
from election.timetable import in_zone
from workflows.contracts.messages import RecoveryStatus

_WHAT = {
    Stage.VERIFYING: "Vérification des preuves d’identité",
    Stage.SENDING: "Envoi du lien en cours",
    Stage.SENT: "Lien envoyé\u00a0: la personne doit l’ouvrir",
    Stage.LATE: "Lien en retard\u00a0: pas encore arrivé",
    Stage.HELD: "Envoi en échec\u00a0: en attente",
    Stage.OPENED: "Lien utilisé\u00a0: nouveau code en préparation",
    Stage.DISPLAYING: "Nouveau code affiché à la personne",
    Stage.REISSUED: "Terminé\u00a0: nouveau code délivré",
    Stage.REFUSED: "Terminé\u00a0: preuves d’identité refusées",
    Stage.EXPIRED: "Terminé\u00a0: lien expiré sans avoir été utilisé",
    Stage.CANCELLED: "Terminé\u00a0: annulé par l’assistance",
}
# What is said otherwise in another procedure than the voting code's.
_BY_PROCEDURE: dict[Procedure, dict[Stage, str]] = {
    Procedure.PASSWORD: {
        Stage.VERIFYING: "Recherche de l’identifiant sur la liste électorale",
        Stage.OPENED: "Lien utilisé\u00a0: nouveau mot de passe en cours d’enregistrement",
        Stage.REISSUED: "Terminé\u00a0: nouveau mot de passe choisi",
        Stage.REFUSED: "Terminé\u00a0: identifiant inconnu, ou compte sans mot de passe",
    },
    Procedure.IDENTIFIER: {
        Stage.SENDING: "Envoi du nouvel identifiant en cours",
        Stage.SENT: "Nouvel identifiant envoyé\u00a0: il fonctionne, le SMS est en route",
        Stage.LATE: "SMS en retard\u00a0: pas encore arrivé",
        Stage.REISSUED: "Terminé\u00a0: nouvel identifiant délivré",
        Stage.EXPIRED: "Terminé\u00a0: l’envoi a échoué, l’ancien identifiant reste valable",
    },
    Procedure.IDENTIFIER_AND_PASSWORD: {
        Stage.VERIFYING: "Recherche de l’identifiant sur la liste électorale",
        Stage.HELD: "Envoi du lien en échec\u00a0: en attente",
        Stage.OPENED: "Lien utilisé\u00a0: mot de passe et identifiant en préparation",
        Stage.DISPLAYING: "Nouveau mot de passe affiché à la personne",
        Stage.REISSUED: "Terminé\u00a0: mot de passe affiché, identifiant envoyé",
        Stage.REFUSED: "Terminé\u00a0: identifiant inconnu, ou lien déjà envoyé par la campagne",
    },
}
# 2011, once the link is used: what is followed is the second mail.
_SECOND_MAIL = {
    Stage.SENDING: "Mot de passe affiché\u00a0: envoi du nouvel identifiant en cours",
    Stage.LATE: "Nouvel identifiant en retard\u00a0: la messagerie ne le prend pas",
    Stage.HELD: "Envoi de l’identifiant en échec\u00a0: en attente",
    Stage.EXPIRED: "Terminé\u00a0: identifiant jamais parti, l’ancien reste valable avec le nouveau mot de passe",
    Stage.CANCELLED: "Terminé\u00a0: annulé avant l’envoi de l’identifiant",
}
_RETRY = 'Relancer\u00a0: «\u00a0Send an Update\u00a0», `retry_send`, avec `{"operator": "votre nom"}`. '
_NEXT = {
    Stage.VERIFYING: "La réponse est donnée à la personne dès la vérification faite.",
    Stage.SENDING: "De nouveaux essais se font d’eux-mêmes\u202f; voir «\u00a0Pending Activities\u00a0».",
    Stage.SENT: "Rien à faire. Sans clic, le lien expire à l’heure dite.",
    Stage.LATE: "Rien à faire d’ici. La personne peut demander un nouvel envoi ou l’autre canal.",
    Stage.HELD: f"{_RETRY}La personne peut aussi choisir l’autre canal.",
    Stage.OPENED: "Le code s’affiche dès que la base répond.",
    Stage.DISPLAYING: "La fenêtre se ferme d’elle-même\u202f; la messagerie professionnelle est prévenue.",
}
# By one channel alone, and without anybody who waits for an answer.
_BY_WORK_MAIL = {
    Stage.VERIFYING: "Le lien part dès la recherche faite.",
    Stage.LATE: "Rien à faire d’ici. La personne peut refaire une demande.",
    Stage.HELD: f"{_RETRY}La personne peut aussi refaire une demande.",
    Stage.OPENED: "La page le confirme dès que la base répond.",
}
_NEXT_BY_PROCEDURE: dict[Procedure, dict[Stage, str]] = {
    Procedure.PASSWORD: _BY_WORK_MAIL,
    Procedure.IDENTIFIER_AND_PASSWORD: {
        **_BY_WORK_MAIL,
        Stage.OPENED: "Le mot de passe s’affiche dès que la base répond.",
        Stage.DISPLAYING: "La fenêtre se ferme d’elle-même\u202f; l’identifiant part par e-mail.",
    },
    Procedure.IDENTIFIER: {
        Stage.SENT: "Rien à faire. L’accusé de réception termine le réassort.",
        Stage.LATE: "Rien à faire d’ici. La personne peut refaire une demande, pour un autre numéro.",
        Stage.HELD: f"{_RETRY}La personne peut aussi refaire une demande, pour un autre numéro.",
    },
}
_NEXT_OF_SECOND_MAIL = {
    Stage.LATE: _NEXT[Stage.SENDING],
    Stage.HELD: f"{_RETRY}La personne peut aussi demander un autre lien\u00a0: tout sera remplacé de nouveau.",
}
_NOT_TAKEN = "Lien en retard\u00a0: la passerelle ne le prend pas"
_OTHER_CHANNEL = " La personne peut choisir l’autre canal."
_HANDED = {Channel.SMS: "Remis à l’opérateur", Channel.EMAIL: "Remis à la messagerie"}
_CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: "e-mail personnel"}


def current_details(status: RecoveryStatus, time_zone: str, workflow_id: str) -> str:
    """Return the Markdown of the recovery's current details, without any contact or secret."""
    procedure = procedure_of(workflow_id)
    what, then = _sentences(status, procedure)
    lives = status.stage in {Stage.SENT, Stage.LATE}
    facts = {
        "Canal": _channel(status, procedure),
        _HANDED[status.channel or Channel.SMS]: _at(status.accepted_at, time_zone),
        "Arrivé": _at(status.delivered_at, time_zone),
        "Le lien expire": _at(status.link_expires_at, time_zone) if lives else "",
        "Fenêtre d’affichage jusqu’au": _at(status.display_until, time_zone),
        "Panne": f"`{status.fault}`" if status.fault else "",
    }
    lines = [f"### {what}", f"Depuis le {_at(status.since, time_zone)}."]
    lines += [f"- **{name}\u00a0:** {value}" for name, value in facts.items() if value]
    if then:
        lines.append(f"**Ensuite\u00a0:** {then}")
    return "\n\n".join(lines)


def _sentences(status: RecoveryStatus, procedure: Procedure) -> tuple[str, str | None]:
    what = {**_WHAT, **_BY_PROCEDURE.get(procedure, {})}
    then = {**_NEXT, **_NEXT_BY_PROCEDURE.get(procedure, {})}
    if status.is_second_mail:
        what, then = {**what, **_SECOND_MAIL}, {**then, **_NEXT_OF_SECOND_MAIL}
    elif status.stage is Stage.LATE and status.accepted_at is None and procedure is not Procedure.IDENTIFIER:
        has_other = procedure is Procedure.VOTING_CODE
        return _NOT_TAKEN, _NEXT[Stage.SENDING] + (_OTHER_CHANNEL if has_other else "")
    return what[status.stage], then.get(status.stage)


def _channel(status: RecoveryStatus, procedure: Procedure) -> str:
    if status.is_second_mail:
        return "e-mail, à l’adresse choisie"
    if procedure in {Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD} and status.channel:
        return "messagerie professionnelle"
    return _CHANNELS[status.channel] if status.channel else ""


def _at(instant: datetime | None, time_zone: str) -> str:
    return in_zone(instant, time_zone) if instant else ""

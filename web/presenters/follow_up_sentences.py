"""What a voter reads at each stage of a recovery: what happens, and what to do."""

from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryStatus

_UNCHANGED = "Votre code de vote n’a pas changé"
_ONE_CASE = {
    Stage.VERIFYING: ["Vos réponses sont en cours de vérification."],
    Stage.SENDING: ["Votre demande est prise en compte. Le message est en cours d’envoi."],
    Stage.HELD: [
        "L’envoi a échoué. Votre demande n’est pas perdue\u00a0: l’assistance peut relancer l’envoi.",
        "Sans attendre, vérifiez la destination ou choisissez un autre moyen.",
    ],
    Stage.OPENED: ["Le lien a été utilisé. Le nouveau code s’affiche là où vous avez appuyé sur le bouton."],
    Stage.DISPLAYING: [
        "Le nouveau code est affiché, pour peu de temps, là où le lien a été ouvert.",
        "L’ancien code ne fonctionne plus.",
    ],
    Stage.REISSUED: [
        "Seul le dernier code affiché fonctionne. Votre messagerie professionnelle en est avertie.",
        "Si vous n’avez pas pu le noter, faites une nouvelle demande.",
    ],
    Stage.REFUSED: [f"Les preuves données ne correspondent pas. {_UNCHANGED}."],
    Stage.EXPIRED: [f"Le lien n’a pas été utilisé à temps. {_UNCHANGED}\u00a0: refaites une demande."],
    Stage.CANCELLED: [f"Cette demande a été annulée. {_UNCHANGED}\u00a0: refaites une demande."],
}


def sentences_of(status: RecoveryStatus) -> list[str]:
    """Return the sentences of a stage, for the channel and for how far the message has come."""
    sms = status.channel is Channel.SMS
    if status.stage is Stage.SENT:
        return [_sent(status, sms=sms)]
    if status.stage is Stage.LATE:
        return _late(status, sms=sms)
    return _ONE_CASE[status.stage]


def _sent(status: RecoveryStatus, *, sms: bool) -> str:
    if status.delivered_at:
        return "L’opérateur confirme que le SMS est arrivé. Ouvrez son lien, avec de quoi écrire."
    if sms:
        return "Le SMS a été remis à l’opérateur de téléphonie. Il arrive le plus souvent en quelques secondes."
    return "Le courriel a été remis à votre messagerie. Regardez aussi dans les courriers indésirables."


def _late(status: RecoveryStatus, *, sms: bool) -> list[str]:
    if status.accepted_at is None:
        where = "L’opérateur de téléphonie" if sms else "Le serveur de messagerie"
        return [
            f"{where} n’a pas encore pris votre message. Les essais continuent tout seuls.",
            "Vous pouvez attendre, ou choisir un autre moyen.",
        ]
    return [
        "L’opérateur n’a pas encore confirmé l’arrivée du SMS. Cela peut prendre jusqu’à 25 minutes.",
        "Vérifiez que votre téléphone capte. Vous pouvez attendre, recevoir un nouveau lien ou choisir un autre moyen.",
    ]

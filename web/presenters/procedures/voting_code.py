"""The texts of a voting code's recovery (2022)."""

from election.stages import Channel, Stage
from election.text.translation import N_
from web.presenters.procedures.record import (
    FollowUpTexts,
    ProcedureRecord,
    unusable_links,
)
from workflows.contracts.messages import RecoveryStatus

_URL = "/reassort/code-de-vote"
CHALLENGE_URL = f"{_URL}/question-defi"
DESTINATION_URL = f"{_URL}/destination"
FRANCE_CONNECT_CHOICE = {
    "title": "S’identifier avec FranceConnect",
    "text": "Avec le compte des impôts, de l’Assurance maladie ou un autre. Le lien arrive par courriel, à l’adresse "
    "de ce compte.",
    "url": f"{_URL}/franceconnect",
    "action": "S’identifier avec FranceConnect",
    "kind": "franceconnect",
}

_UNCHANGED = "Votre code de vote n’a pas changé"
_TITLES = {
    Stage.VERIFYING: "Vérification en cours",
    Stage.SENDING: "Votre lien va partir",
    Stage.SENT: "Votre lien est parti",
    Stage.LATE: "Votre lien prend du retard",
    Stage.HELD: "Votre lien n’a pas pu être envoyé",
    Stage.OPENED: "Lien utilisé",
    Stage.DISPLAYING: "Nouveau code affiché",
    Stage.REISSUED: "C’est fait\u00a0: vous avez un nouveau code",
    Stage.REFUSED: "Demande refusée",
    Stage.EXPIRED: "Lien expiré",
    Stage.CANCELLED: "Demande annulée",
}
# SENT and LATE depend on the channel, and on how far the message has come.
_SENTENCES = {
    Stage.VERIFYING: [
        "Vos réponses sont en cours de vérification. Si rien ne change d’ici quelques minutes, refaites votre demande."
    ],
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
        "Seul le dernier code affiché fonctionne. Votre messagerie professionnelle en est prévenue.",
        "Si vous n’avez pas pu le noter, faites une nouvelle demande\u00a0: le code affiché cessera alors de fonctionner.",
    ],
    # The answer to the form has said which of the reasons it was.
    Stage.REFUSED: [
        "Les réponses données ne correspondaient pas, ou les demandes étaient closes, suspendues ou à leur limite.",
        f"{_UNCHANGED}.",
    ],
    Stage.EXPIRED: [f"Le lien n’a pas été utilisé à temps. {_UNCHANGED}\u00a0: refaites une demande."],
    Stage.CANCELLED: [
        "Cette demande a été annulée\u00a0: par l’assistance, par un nouveau mot de passe ou par une opposition.",
        f"{_UNCHANGED}\u00a0: refaites une demande, ou joignez l’assistance après une opposition.",
    ],
}


def challenge_choice(named: str) -> dict[str, str]:
    """Return the choice of the challenge question; `named` are the data of which one is asked with it."""
    return {
        "title": "Répondre à la question défi",
        "text": f"La question que vous avez choisie à l’activation de votre compte, avec {named}. "
        "Le lien arrive par SMS ou par courriel.",
        "url": CHALLENGE_URL,
        "action": "Répondre à la question défi",
        "kind": "question",
    }


def _title(status: RecoveryStatus) -> str:
    if status.stage is Stage.SENT and status.delivered_at:
        return "Votre SMS est arrivé"
    return _TITLES[status.stage]


def _sentences(status: RecoveryStatus) -> list[str]:
    match status.stage:
        case Stage.SENT:
            return [_sent(status)]
        case Stage.LATE:
            return _late(status)
        case stage:
            return _SENTENCES[stage]


def _sent(status: RecoveryStatus) -> str:
    if status.delivered_at:
        return "L’opérateur confirme que le SMS est arrivé. Ouvrez son lien, avec de quoi écrire."
    if status.channel is Channel.SMS:
        return "Le SMS a été remis à l’opérateur de téléphonie. Il arrive le plus souvent en quelques secondes."
    return (
        "Le courriel est parti. Regardez aussi dans les courriers indésirables. "
        "S’il n’arrive pas, l’adresse est peut-être fausse, ou la boîte pleine\u00a0: choisissez un autre moyen."
    )


def _late(status: RecoveryStatus) -> list[str]:
    if status.accepted_at is None:
        where = "L’opérateur de téléphonie" if status.channel is Channel.SMS else "Le serveur de messagerie"
        return [
            f"{where} n’a pas encore accepté votre message. Les essais continuent d’eux-mêmes.",
            "Vous pouvez attendre, ou choisir un autre moyen.",
        ]
    return [
        "L’opérateur n’a pas encore confirmé l’arrivée du SMS. Cela peut prendre jusqu’à 25 minutes.",
        "Vérifiez que votre téléphone capte le réseau. Vous pouvez attendre, recevoir un nouveau lien ou choisir un autre moyen.",
    ]


RECORD = ProcedureRecord(
    label=N_("Remplacement du code de vote"),
    thing=N_("mon code de vote"),
    requests=N_("Les demandes de nouveau code de vote"),
    outcome=N_("Un nouveau code s’affiche à l’écran."),
    action="Obtenir un nouveau code",
    url=_URL,
    title="Obtenir un nouveau code de vote",
    forgotten_label=None,
    support_name="code de vote",
    guide_title="Remplacer un code de vote perdu",
    guide_name="code-de-vote",
    guide_template="guides/voting_code.html",
    unusable_links=unusable_links(
        used_reason="Ce lien a déjà servi\u00a0: un nouveau code de vote a été affiché, une seule fois.",
        used_advice="Si vous n’avez pas pu le noter, faites une nouvelle demande. Vous recevrez un autre code, et celui-ci cessera "
        "de fonctionner, même si vous l’avez noté. Si ce n’était pas vous, écrivez à l’assistance.",
        used_onward=("Aller voter", "/vote"),
        used_shown="Si c’est vous, rouvrez le lien dans le navigateur où vous avez appuyé sur le bouton\u00a0: le code y reste visible "
        "jusqu’à la fin de son temps d’affichage.",
        expired_advice="Votre code de vote actuel n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien.",
        cancelled_advice="Votre code de vote n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance.",
    ),
    follow_up=FollowUpTexts(_title, _sentences, "Choisir un autre moyen", CHALLENGE_URL, "/vote"),
)

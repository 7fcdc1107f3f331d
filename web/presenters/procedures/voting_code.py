"""The texts of a voting code's recovery (2022)."""

from election.stages import Channel, Stage
from election.text.translation import N_
from election.text.translation import gettext as _
from web.presenters.procedures.record import (
    FollowUpTexts,
    ProcedureRecord,
    unusable_links,
)
from workflows.contracts.messages import RecoveryStatus

_URL = "/reassort/code-de-vote"
CHALLENGE_URL = f"{_URL}/question-defi"
FRANCE_CONNECT_URL = f"{_URL}/franceconnect"
DESTINATION_URL = f"{_URL}/destination"

_TITLES = {
    Stage.VERIFYING: N_("Vérification en cours"),
    Stage.SENDING: N_("Votre lien va partir"),
    Stage.SENT: N_("Votre lien est parti"),
    Stage.LATE: N_("Votre lien prend du retard"),
    Stage.HELD: N_("Votre lien n’a pas pu être envoyé"),
    Stage.OPENED: N_("Lien utilisé"),
    Stage.DISPLAYING: N_("Nouveau code affiché"),
    Stage.REISSUED: N_("C’est fait\u00a0: vous avez un nouveau code"),
    Stage.REFUSED: N_("Demande refusée"),
    Stage.EXPIRED: N_("Lien expiré"),
    Stage.CANCELLED: N_("Demande annulée"),
}
# SENT and LATE depend on the channel, and on how far the message has come.
_SENTENCES = {
    Stage.VERIFYING: [
        N_("Vos réponses sont en cours de vérification."),
    ],
    Stage.SENDING: [N_("Votre demande est prise en compte. Le message est en cours d’envoi.")],
    Stage.HELD: [
        N_("L’envoi a échoué. Votre demande n’est pas perdue\u00a0: l’assistance peut relancer l’envoi."),
    ],
    Stage.OPENED: [N_("Le lien a été utilisé. Le nouveau code s’affiche là où vous avez appuyé sur le bouton.")],
    Stage.DISPLAYING: [
        N_("Le nouveau code est affiché, pour peu de temps, là où le lien a été ouvert."),
        N_("L’ancien code ne fonctionne plus."),
    ],
    Stage.REISSUED: [
        N_("Seul le dernier code affiché fonctionne. Votre messagerie professionnelle en est prévenue."),
    ],
    # The answer to the form has said which of the reasons it was.
    Stage.REFUSED: [
        N_(
            "Les réponses données ne correspondaient pas, ou les demandes étaient closes, suspendues ou à leur limite."
        ),
        N_("Votre code de vote n’a pas changé."),
    ],
    Stage.EXPIRED: [
        N_("Le lien n’a pas été utilisé à temps."),
        N_("Votre code de vote n’a pas changé."),
    ],
    Stage.CANCELLED: [
        N_(
            "Cette demande a été annulée\u00a0: par l’assistance, par un nouveau mot de passe ou par une opposition."
        ),
        N_("Votre code de vote n’a pas changé."),
    ],
}
_WAYS = {
    Stage.VERIFYING: N_("Si rien ne change d’ici quelques minutes, faites une nouvelle demande."),
    Stage.HELD: N_("Sans attendre, vous pouvez choisir une autre destination ou un autre moyen."),
    Stage.REISSUED: N_(
        "Si vous n’avez pas pu le noter, faites une nouvelle demande\u00a0: le code affiché cessera alors de fonctionner."
    ),
    Stage.EXPIRED: N_("Faites une nouvelle demande."),
    Stage.CANCELLED: N_("Faites une nouvelle demande, ou joignez l’assistance après une opposition."),
}


def france_connect_choice() -> dict[str, str]:
    """Return the choice of FranceConnect."""
    return {
        "title": _("S’identifier avec FranceConnect"),
        "text": _(
            "Avec le compte des impôts, de l’Assurance maladie ou un autre. Le lien arrive par courriel, à l’adresse "
            "de ce compte."
        ),
        "url": FRANCE_CONNECT_URL,
        "kind": "franceconnect",
    }


def challenge_choice(named: str, channels: str) -> dict[str, str]:
    """Return the choice of the challenge question; `named` are the data of which one is asked with it, `channels` how the link arrives."""
    return {
        "title": _("Répondre à la question défi"),
        "text": _(
            "La question que vous avez choisie à l’activation de votre compte, avec {named}. "
            "Le lien arrive {channels}."
        ).format(named=named, channels=channels),
        "url": CHALLENGE_URL,
        "action": _("Répondre à la question défi"),
        "kind": "question",
    }


def _title(status: RecoveryStatus) -> str:
    if status.stage is Stage.SENT and status.delivered_at:
        return _("Votre SMS est arrivé")
    return _(_TITLES[status.stage])


def _sentences(status: RecoveryStatus) -> list[str]:
    match status.stage:
        case Stage.SENT:
            return [_sent(status)]
        case Stage.LATE:
            return _late(status)
        case stage:
            return [_(sentence) for sentence in _SENTENCES[stage]]


def _sent(status: RecoveryStatus) -> str:
    if status.delivered_at:
        return _("L’opérateur confirme que le SMS est arrivé. Prenez de quoi écrire, puis ouvrez le lien.")
    if status.channel is Channel.SMS:
        return _("Le SMS a été remis à l’opérateur de téléphonie.")
    return _("Le courriel est parti. Regardez aussi dans les courriers indésirables.")


def _late(status: RecoveryStatus) -> list[str]:
    if status.accepted_at is None:
        return [
            _("L’opérateur de téléphonie n’a pas encore accepté votre message. Les essais continuent d’eux-mêmes.")
            if status.channel is Channel.SMS
            else _(
                "Le serveur de messagerie n’a pas encore accepté votre message. Les essais continuent d’eux-mêmes."
            ),
        ]
    return [
        _("L’opérateur n’a pas encore confirmé l’arrivée du SMS. Vérifiez que votre téléphone capte le réseau."),
    ]


def _ways(status: RecoveryStatus) -> list[str]:
    if status.stage is Stage.LATE:
        return [
            _("Vous pouvez attendre, recevoir un nouveau lien ou choisir un autre moyen.")
            if status.accepted_at
            else _("Vous pouvez attendre, ou choisir un autre moyen.")
        ]
    if status.stage is Stage.SENT and status.channel is Channel.EMAIL:
        return [
            _(
                "S’il n’arrive pas, l’adresse est peut-être fausse, ou la boîte pleine\u00a0: choisissez un autre moyen."
            )
        ]
    return [_(_WAYS[status.stage])] if status.stage in _WAYS else []


RECORD = ProcedureRecord(
    label=N_("Remplacement du code de vote"),
    thing=N_("mon code de vote"),
    requests=N_("Les demandes de nouveau code de vote"),
    outcome=N_("Un nouveau code s’affiche à l’écran."),
    action=N_("Obtenir un nouveau code"),
    url=_URL,
    title=N_("Obtenir un nouveau code de vote"),
    forgotten_label=None,
    support_name=N_("code de vote"),
    guide_title=N_("Remplacer un code de vote perdu"),
    guide_name="code-de-vote",
    guide_template="guides/voting_code.html",
    unusable_links=unusable_links(
        used_reason=N_("Ce lien a déjà servi\u00a0: un nouveau code de vote a été affiché, une seule fois."),
        used_advice=N_(
            "Si vous n’avez pas pu le noter, faites une nouvelle demande. Vous recevrez un autre code, et celui-ci cessera "
            "de fonctionner, même si vous l’avez noté. Si ce n’était pas vous, écrivez à l’assistance."
        ),
        used_onward=(N_("Aller voter"), "/vote"),
        used_shown=N_(
            "Si c’est vous, rouvrez le lien dans le navigateur où vous avez appuyé sur le bouton\u00a0: le code y reste visible "
            "jusqu’à la fin de son temps d’affichage."
        ),
        expired_advice=N_(
            "Votre code de vote actuel n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien."
        ),
        cancelled_advice=N_(
            "Votre code de vote n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance."
        ),
    ),
    follow_up=FollowUpTexts(_title, _sentences, _ways, N_("Choisir un autre moyen"), CHALLENGE_URL, "/vote"),
)

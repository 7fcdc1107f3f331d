"""The texts of an identifier's recovery by SMS (2018)."""

from election.stages import Stage
from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.presenters.procedures.record import (
    FollowUpTexts,
    ProcedureRecord,
)
from workflows.contracts.messages import RecoveryStatus

_URL = "/reassort/identifiant"
_TITLES = {
    Stage.VERIFYING: N_("Vérification en cours"),
    Stage.SENDING: N_("Votre identifiant va partir"),
    Stage.SENT: N_("Votre identifiant est parti"),
    Stage.LATE: N_("Votre SMS prend du retard"),
    Stage.HELD: N_("Votre SMS n’a pas pu être envoyé"),
    Stage.REISSUED: N_("C’est fait\u00a0: vous avez un nouvel identifiant"),
    Stage.REFUSED: N_("Demande refusée"),
    Stage.EXPIRED: N_("Le SMS n’a pas pu partir"),
    Stage.CANCELLED: N_("Demande annulée"),
}
_NOT_COUNTED = N_("Cette demande n’est pas comptée.")
_SENTENCES = {
    Stage.VERIFYING: [
        N_("Vos réponses sont en cours de vérification."),
    ],
    Stage.SENDING: [
        N_(
            "Votre demande est prise en compte. Votre ancien identifiant fonctionne toujours\u00a0: "
            "il cessera de fonctionner dès l’envoi du SMS."
        )
    ],
    Stage.SENT: [N_("Le SMS a été remis à l’opérateur de téléphonie. L’ancien identifiant ne fonctionne plus.")],
    Stage.LATE: [
        N_("L’opérateur n’a pas encore confirmé l’arrivée du SMS. Vérifiez que votre téléphone capte le réseau."),
    ],
    Stage.HELD: [
        N_("L’envoi a échoué. Votre demande n’est pas perdue\u00a0: l’assistance peut relancer l’envoi."),
    ],
    Stage.REISSUED: [
        N_("Seul le dernier identifiant reçu fonctionne, avec le mot de passe déjà choisi."),
        N_("Votre messagerie professionnelle en est prévenue."),
    ],
    # The answer to the form has said which of the reasons it was.
    Stage.REFUSED: [
        N_(
            "Les réponses données ne correspondaient pas, ou les demandes étaient closes, suspendues ou à leur limite."
        ),
        N_("L’identifiant que vous aviez avant cette demande fonctionne toujours."),
    ],
    # At the election's last deadline alone, after its requests have closed.
    Stage.EXPIRED: [N_("Votre ancien identifiant fonctionne toujours, et cette demande n’est pas comptée.")],
    Stage.CANCELLED: [
        N_(
            "Cette demande a été annulée\u00a0: par l’assistance, par un nouveau mot de passe ou par une opposition."
        ),
        _NOT_COUNTED,
    ],
}
_WAYS = {
    Stage.VERIFYING: N_("Si rien ne change d’ici quelques minutes, faites une nouvelle demande."),
    Stage.LATE: N_("Vous pouvez attendre, ou faire une nouvelle demande pour un autre numéro."),
    Stage.HELD: N_(
        "Sans attendre, vous pouvez faire une nouvelle demande pour un autre numéro\u00a0: la demande en cours ne sera pas comptée."
    ),
    Stage.CANCELLED: N_("Vous pouvez faire une nouvelle demande, ou joindre l’assistance après une opposition."),
}
_OLD_IS_OVER = N_("L’ancien identifiant ne fonctionne plus.")
# The operator accepted the SMS, and reported later that it cannot be delivered: the new identifier is valid.
_UNDELIVERED_TITLE = N_("Le SMS n’a pas pu arriver")
_NOT_HANDED_OVER = N_(
    "L’opérateur de téléphonie n’a pas pu remettre le SMS. L’ancien identifiant ne fonctionne plus."
)
# The recovery ends all the same: the operator has accepted the SMS, and the new identifier is valid.
_UNCONFIRMED_TITLE = N_("Votre identifiant est parti, sans confirmation d’arrivée")
_UNCONFIRMED = N_(
    "Le SMS a été remis à l’opérateur de téléphonie, qui n’a pas confirmé son arrivée. L’ancien identifiant ne fonctionne plus."
)
_IF_IT_DOES_NOT_COME = N_("S’il n’arrive pas, faites une nouvelle demande, pour un autre numéro.")
# Once the identifier was replaced, whatever became of its SMS: a send that has failed can still be retried.
_SENTENCES_REPLACED = {
    Stage.SENDING: [
        N_("Le SMS avec votre nouvel identifiant va partir. L’ancien identifiant ne fonctionne plus.")
    ],
    Stage.HELD: [*_SENTENCES[Stage.HELD], _OLD_IS_OVER],
    Stage.REFUSED: [_SENTENCES[Stage.REFUSED][0], _OLD_IS_OVER],
    Stage.EXPIRED: [_OLD_IS_OVER, _NOT_COUNTED],
    Stage.CANCELLED: [_SENTENCES[Stage.CANCELLED][0], _OLD_IS_OVER, *_SENTENCES[Stage.CANCELLED][1:]],
}


def _title(status: RecoveryStatus) -> str:
    if _is_unconfirmed(status):
        return _(_UNCONFIRMED_TITLE)
    return _(_UNDELIVERED_TITLE if _is_undelivered(status) else _TITLES[status.stage])


def _sentences(status: RecoveryStatus) -> list[str]:
    return [_(sentence) for sentence in _told(status)]


def _told(status: RecoveryStatus) -> list[str]:
    if status.stage is Stage.LATE:
        return _late(status)
    if _is_unconfirmed(status):
        return [_UNCONFIRMED, *_SENTENCES[status.stage]]
    if not status.is_replaced:
        return _SENTENCES[status.stage]
    told = _SENTENCES_REPLACED.get(status.stage, _SENTENCES[status.stage])
    is_undelivered = _is_undelivered(status)
    return [_NOT_HANDED_OVER if is_undelivered and each == _OLD_IS_OVER else each for each in told]


def _late(status: RecoveryStatus) -> list[str]:
    if status.accepted_at is None and status.is_replaced:
        return [
            N_("L’opérateur de téléphonie n’a pas encore accepté le SMS. Les essais continuent d’eux-mêmes."),
            _OLD_IS_OVER,
        ]
    if status.accepted_at is None:
        return [
            N_(
                "L’opérateur de téléphonie n’a pas encore accepté le SMS. Les essais continuent d’eux-mêmes. Votre ancien identifiant "
                "fonctionne toujours."
            ),
        ]
    return _SENTENCES[Stage.LATE]


def _ways(status: RecoveryStatus) -> list[str]:
    if _is_unconfirmed(status):
        return [_(_IF_IT_DOES_NOT_COME)]
    return [_(_WAYS[status.stage])] if status.stage in _WAYS else []


def _is_unconfirmed(status: RecoveryStatus) -> bool:
    return status.stage is Stage.REISSUED and status.delivered_at is None


def _is_undelivered(status: RecoveryStatus) -> bool:
    has_failed = status.stage in {Stage.HELD, Stage.EXPIRED}
    return has_failed and status.is_replaced and status.accepted_at is not None


RECORD = ProcedureRecord(
    label=N_("Remplacement de l’identifiant électeur"),
    thing=N_("mon identifiant"),
    requests=N_("Les demandes de nouvel identifiant"),
    outcome=N_("Un nouvel identifiant arrive par SMS."),
    action=N_("Obtenir un nouvel identifiant"),
    url=_URL,
    title=N_("Obtenir un nouvel identifiant électeur"),
    forgotten_label=N_("Identifiant électeur oublié\u202f?"),
    support_name=N_("identifiant"),
    guide_title=N_("Remplacer un identifiant perdu"),
    guide_name="identifiant",
    guide_template="guides/identifier.html",
    refusals={
        Verdict.WRONG_PROOF: N_(
            "Le NUMEN ou la date de naissance ne correspondent pas. Vérifiez-les et recommencez."
        ),
    },
    follow_up=FollowUpTexts(_title, _sentences, _ways, N_("Faire une nouvelle demande"), _URL, "/vote/connexion"),
)

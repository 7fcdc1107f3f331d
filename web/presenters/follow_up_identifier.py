"""Where the recovery of an identifier stands, in words a worried voter understands (2018)."""

from datetime import timedelta

from election.delays import Delay
from election.settings import Election
from election.stages import ENDINGS, WAITING, Stage
from web.presenters.follow_up import FollowUp, Step, clock, state_of
from workflows.contracts.messages import RecoveryStatus

FORM = "/reassort/identifiant"
_UNCHANGED = "Votre ancien identifiant fonctionne toujours"
_TITLES = {
    Stage.VERIFYING: "Vérification en cours",
    Stage.SENDING: "Votre identifiant va partir",
    Stage.SENT: "Votre identifiant est parti",
    Stage.LATE: "Votre SMS prend du retard",
    Stage.HELD: "Votre SMS n’a pas pu être envoyé",
    Stage.REISSUED: "C’est fait\u00a0: vous avez un nouvel identifiant",
    Stage.REFUSED: "Demande refusée",
    Stage.EXPIRED: "Le SMS n’a pas pu partir",
    Stage.CANCELLED: "Demande annulée",
}
_SENTENCES = {
    Stage.VERIFYING: ["Vos réponses sont en cours de vérification."],
    Stage.SENDING: [f"Votre demande est prise en compte. {_UNCHANGED}\u00a0: il cessera dès le SMS remis."],
    Stage.SENT: ["Le SMS a été remis à l’opérateur de téléphonie. L’ancien identifiant ne fonctionne plus."],
    Stage.LATE: [
        "L’opérateur n’a pas encore confirmé l’arrivée du SMS. Vérifiez que votre téléphone capte.",
        "Vous pouvez attendre, ou refaire une demande pour un autre numéro.",
    ],
    Stage.HELD: [
        "L’envoi a échoué. Votre demande n’est pas perdue\u00a0: l’assistance peut relancer l’envoi.",
        "Sans attendre, vous pouvez refaire une demande pour un autre numéro\u00a0: celle-ci ne sera pas comptée.",
    ],
    Stage.REISSUED: [
        "Seul le dernier identifiant reçu fonctionne, avec le mot de passe déjà choisi.",
        "Votre messagerie professionnelle en est avertie.",
    ],
    Stage.REFUSED: [f"Les preuves données ne correspondent pas. {_UNCHANGED}."],
    Stage.EXPIRED: [f"{_UNCHANGED}, et cette demande n’est pas comptée. Refaites-en une."],
    Stage.CANCELLED: ["Cette demande a été annulée. Elle n’est pas comptée\u00a0: vous pouvez en refaire une."],
}
# The operator took the SMS, and said later that it cannot be delivered: the new identifier works all the same.
_UNDELIVERED_TITLE = "Le SMS n’a pas pu arriver"
_UNDELIVERED = [
    "L’opérateur de téléphonie n’a pas pu remettre le SMS. L’ancien identifiant ne fonctionne plus.",
    "Cette demande n’est pas comptée\u00a0: refaites-en une, pour un autre numéro.",
]


def follow_up(status: RecoveryStatus, election: Election, delay: Delay | None) -> FollowUp:
    """Return the follow-up page's content."""
    title, told = _TITLES[status.stage], [*_SENTENCES[status.stage]]
    if status.stage is Stage.EXPIRED and status.accepted_at:
        title, told = _UNDELIVERED_TITLE, _UNDELIVERED
    if status.stage in {Stage.SENDING, Stage.SENT, Stage.LATE}:
        told.append(delay_sentence(delay))
    return FollowUp(
        stage=status.stage,
        title=title,
        sentences=told,
        steps=_steps(status, election),
        hint=status.hint or None,
        can_resend=False,
        resend_sentence="",
        other_channel_url=FORM if status.stage in {Stage.LATE, Stage.HELD} else None,
        expires=None,
        expires_iso=None,
        final=status.stage in ENDINGS,
        announce=title,
        other_channel="Refaire une demande",
        again_url=FORM,
        vote_url="/vote/connexion",
    )


def delay_sentence(delay: Delay | None) -> str:
    """Return how long SMS take at the moment."""
    if delay is None:
        return "Un SMS arrive le plus souvent en quelques minutes."
    half, nine = _span(delay.median), _span(delay.nine_in_ten)
    return f"En ce moment, un SMS sur deux arrive en {half} au plus, neuf sur dix en {nine} au plus."


def _span(span: timedelta) -> str:
    minutes = -(-span // timedelta(minutes=1))
    return "une minute" if minutes <= 1 else f"{minutes}\u00a0minutes"


def _steps(status: RecoveryStatus, election: Election) -> list[Step]:
    given = status.stage is Stage.REISSUED
    done = [
        status.stage is not Stage.REFUSED,
        bool(status.accepted_at) or given,
        bool(status.delivered_at) or given,
    ]
    labels = ["Demande prise en compte", "SMS remis à l’opérateur", "SMS arrivé"]
    times = [None, status.accepted_at, status.delivered_at]
    current = next((number for number, is_done in enumerate(done) if not is_done), len(done))
    wrong = status.stage not in WAITING - {Stage.LATE, Stage.HELD}
    return [
        Step(label, state_of(number, current, wrong=wrong), clock(at, election))
        for number, (label, at) in enumerate(zip(labels, times, strict=True))
    ]

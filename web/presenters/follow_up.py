"""Where a recovery stands, in words a worried voter understands, and what to do next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from activities.texts.dates import french_instant
from election.settings import Election
from election.stages import ENDINGS, WAITING, Channel, Stage
from election.verdicts import Verdict
from web.presenters.follow_up_sentences import sentences_of
from workflows.contracts.messages import Answer, RecoveryStatus

CHALLENGE = "/reassort/code-de-vote/question-defi"


@dataclass(frozen=True)
class Step:
    """One step of the way: done, current, still to come, or where the problem is."""

    label: str
    state: str
    at: str | None = None


@dataclass(frozen=True)
class FollowUp:
    """What the follow-up page shows."""

    stage: str
    title: str
    sentences: list[str]
    steps: list[Step]
    hint: str | None
    can_resend: bool
    resend_sentence: str
    other_channel_url: str | None
    expires: str | None
    expires_iso: str | None
    final: bool
    announce: str
    other_channel: str = "Choisir un autre moyen"
    again_url: str = "/reassort/code-de-vote"
    vote_url: str = "/vote"
    reference: str = ""


@dataclass(frozen=True)
class Banner:
    """A recovery in progress, on the other pages."""

    sentence: str
    url: str = "/reassort/suivi"


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


def banner(status: RecoveryStatus | None) -> Banner | None:
    """Return the reminder of a recovery in progress, or None when nothing waits for the voter."""
    if status is None or status.stage in ENDINGS:
        return None
    return Banner(f"{_title(status)}.")


def why_not_again(status: RecoveryStatus | None, now: datetime) -> Answer | None:
    """Return why no other link can be sent to the same place now, or None when one can."""
    if status is None or status.stage not in WAITING:
        return Answer(Verdict.NOTHING_TO_SEND)
    if status.sends_left <= 0:
        return Answer(Verdict.TOO_MANY_SENDS)
    return Answer(Verdict.TOO_SOON, status.send_again_at) if _wait(status, now) > timedelta(0) else None


def follow_up(status: RecoveryStatus, election: Election, now: datetime) -> FollowUp:
    """Return the follow-up page's content at an instant."""
    waiting = status.stage in WAITING
    expires = status.link_expires_at if status.stage in {Stage.SENT, Stage.LATE} else None
    return FollowUp(
        stage=status.stage,
        title=_title(status),
        sentences=sentences_of(status),
        steps=_steps(status, election),
        hint=status.hint or None,
        can_resend=why_not_again(status, now) is None,
        resend_sentence=_resend(status, election, now) if waiting else "",
        other_channel_url=CHALLENGE if waiting else None,
        expires=french_instant(expires, election.zone) if expires else None,
        expires_iso=expires.isoformat() if expires else None,
        final=status.stage in ENDINGS,
        announce=_title(status),
    )


def _title(status: RecoveryStatus) -> str:
    if status.stage is Stage.SENT and status.delivered_at:
        return "Votre SMS est arrivé"
    return _TITLES[status.stage]


def _wait(status: RecoveryStatus, now: datetime) -> timedelta:
    return status.send_again_at - now if status.send_again_at else timedelta(0)


def _resend(status: RecoveryStatus, election: Election, now: datetime) -> str:
    if status.sends_left <= 0:
        return "Trop de liens ont été envoyés\u00a0: le dernier reste le seul valable."
    wait = _wait(status, now)
    if wait <= timedelta(0):
        return "Un nouveau lien part au même endroit et remplace le précédent."
    # Not the seconds: each would be an event of its own.
    when = "dans moins d’une minute" if wait <= timedelta(minutes=1) else f"après {clock(now + wait, election)}"
    return f"Vous pourrez demander un autre lien {when}."


def _steps(status: RecoveryStatus, election: Election) -> list[Step]:
    sms = status.channel is Channel.SMS
    handed = "SMS remis à l’opérateur" if sms else "Courriel remis à votre messagerie"
    done = [True, bool(status.accepted_at), status.stage in _PAST_LINK, status.stage is Stage.REISSUED]
    link = "Lien utilisé" if status.stage in _PAST_LINK else "Lien à ouvrir"
    labels = ["Demande prise en compte", handed, link, "Nouveau code affiché"]
    times = [None, status.accepted_at, None, None]
    if sms:
        done.insert(2, bool(status.delivered_at) or status.stage in _PAST_LINK)
        labels.insert(2, "SMS arrivé")
        times.insert(2, status.delivered_at)
    if status.stage in _PAST_LINK:
        done[1] = True
    current = next((number for number, is_done in enumerate(done) if not is_done), len(done))
    wrong = status.stage in {Stage.LATE, Stage.HELD, Stage.EXPIRED, Stage.CANCELLED, Stage.REFUSED}
    return [
        Step(label, state_of(number, current, wrong=wrong), clock(at, election))
        for number, (label, at) in enumerate(zip(labels, times, strict=True))
    ]


_PAST_LINK = {Stage.OPENED, Stage.DISPLAYING, Stage.REISSUED}


def state_of(number: int, current: int, *, wrong: bool) -> str:
    """Return how far a step is, by the number of the one in hand."""
    if number < current:
        return "done"
    if number > current:
        return "todo"
    return "problem" if wrong else "current"


def clock(instant: datetime | None, election: Election) -> str | None:
    """Return an instant's hour and minutes, in the election's zone."""
    if instant is None:
        return None
    local = instant.astimezone(election.zone)
    return f"{local.hour}\u00a0h\u00a0{local:%M}"

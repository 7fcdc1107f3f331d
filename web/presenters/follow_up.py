"""The follow-up page: where a recovery stands, and what the voter can do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from activities.texts.dates import written_instant, written_time
from election.causes import cause_of
from election.following.delays import DelayPercentiles, delay_sentence
from election.procedures import Procedure
from election.settings import Election
from election.stages import ENDINGS, WAITING, Channel, Stage
from election.text.numbers import COUNTED_UP_TO, written_duration
from election.text.translation import N_
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.presenters.calendar import closed_reason
from web.presenters.procedures import voting_code
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.procedures.record import FollowUpTexts
from web.presenters.procedures.steps import Step, identifier_steps, voting_code_steps
from workflows.contracts.messages import Answer, RecoveryStatus

URL = "/reassort/suivi"


@dataclass(frozen=True)
class FollowUp:
    """What the follow-up page shows.

    `resend_in` is how many seconds are left until another link can be sent, or 0. It passes by itself, so a page that differs
    by it alone is the same page, and no event is sent for it.
    """

    stage: str
    title: str
    sentences: list[str]
    steps: list[Step]
    hint: str | None
    final: bool
    again_url: str
    vote_url: str
    other_channel: str
    other_channel_url: str | None
    can_resend: bool = False
    resend_in: int = field(default=0, compare=False)
    resend_sentence: str = ""
    expires: str | None = None
    expires_iso: str | None = None
    reference: str = ""


@dataclass(frozen=True)
class Banner:
    """A recovery in progress, as the other pages show it; `is_stalled` is whether nothing moves now."""

    sentence: str
    url: str = URL
    is_stalled: bool = False


def banner(status: RecoveryStatus | None, *, is_stalled: bool) -> Banner | None:
    """Return the banner of a voting code's recovery, or None when there is none in progress."""
    if status is None or status.stage in ENDINGS:
        return None
    return Banner(f"{_texts(Procedure.VOTING_CODE).title(status)}.", is_stalled=is_stalled)


def resend_refusal(status: RecoveryStatus | None, election: Election, now: datetime) -> Answer | None:
    """Return why no other link can be sent to the same destination now, or None when one can."""
    if closed_reason(election, Procedure.VOTING_CODE, now):
        return Answer(Verdict.CLOSED)
    if status is None or not _is_waiting(status):
        return Answer(Verdict.NOTHING_TO_SEND)
    if status.sends_left <= 0:
        return Answer(Verdict.TOO_MANY_SENDS)
    return status.too_soon(now)


def voting_code_follow_up(
    status: RecoveryStatus,
    election: Election,
    reference: str,
    now: datetime,
    delay: DelayPercentiles | None,
    *,
    has_proofs: bool = False,
) -> FollowUp:
    """Return the page for a voting code's recovery at an instant; with `has_proofs`, this browser need not give them again.

    `delay` is how long SMS take at the moment.
    """
    texts, closed = _texts(Procedure.VOTING_CODE), closed_reason(election, Procedure.VOTING_CODE, now)
    refusal = resend_refusal(status, election, now)
    # To another destination either: both send one of the links that are left.
    can_change = _is_waiting(status) and not closed and not _is_last(status)
    is_dated = _is_underway(status) and not _counts_from_receipt(status, election, now)
    expires = status.link_expires_at if is_dated else None
    return FollowUp(
        stage=status.stage,
        title=texts.title(status),
        sentences=_voting_code_sentences(status, election, now, delay, closed),
        steps=voting_code_steps(status, election),
        hint=status.hint or None,
        final=status.stage in ENDINGS,
        again_url=CATALOGUE[Procedure.VOTING_CODE].url,
        vote_url=texts.vote_url,
        other_channel=_other_destination(election) if has_proofs else _(texts.retry_label),
        other_channel_url=_other_url(election, has_proofs=has_proofs) if can_change else None,
        can_resend=refusal is None,
        resend_in=refusal.short_wait(now) if refusal else 0,
        resend_sentence=_resend_sentence(status, election, now) if _is_waiting(status) and not closed else "",
        expires=written_instant(expires, election.zone) if expires else None,
        expires_iso=expires.isoformat() if expires else None,
        reference=reference,
    )


def _voting_code_sentences(
    status: RecoveryStatus, election: Election, now: datetime, delay: DelayPercentiles | None, closed: str | None
) -> list[str]:
    texts = _texts(Procedure.VOTING_CODE)
    return [
        *_with_cause(texts.sentences(status), status),
        *([] if _is_last(status) and not closed else _ways(texts, status, closed)),
        *_last_try(status, election, closed),
        *([delay_sentence(delay)] if _is_unreceived(status) else []),
        *([_lifetime(election)] if _counts_from_receipt(status, election, now) else []),
    ]


def _with_cause(sentences: list[str], status: RecoveryStatus) -> list[str]:
    """Return what the stage says, with what the cause of a fault says to the voter: that something is to be checked, or nothing.

    Where a retry would not help, the first sentence of a failed send, which promises one, gives way to the cause.
    """
    cause = cause_of(status.fault) if status.fault and status.stage in WAITING else None
    if cause is None or not cause.voter_sentence:
        return sentences
    told = _(cause.voter_sentence)
    if status.stage is not Stage.HELD:
        return [*sentences, told]
    return [told, *(sentences if cause.retry_helps else sentences[1:])]


def _ways(texts: FollowUpTexts, status: RecoveryStatus, closed: str | None) -> list[str]:
    """Return what the voter can do by another request, or that none is accepted."""
    is_used = status.stage in {Stage.OPENED, Stage.DISPLAYING}
    return [closed] if closed and not is_used else texts.ways(status)


def _last_try(status: RecoveryStatus, election: Election, closed: str | None) -> list[str]:
    """Return when the last send failed and how many are left: what differs after one more try that failed too."""
    if status.stage is not Stage.HELD or status.is_database_fault:
        return []
    time = written_time(status.since, election.zone)
    failed = _("Le dernier essai d’envoi a échoué à {time}.").format(time=time)
    if status.sends_left <= 0 or closed:
        return [failed]
    if status.sends_left == 1:
        more = _("Vous pouvez demander un dernier lien.")
    else:
        more = _("Vous pouvez demander encore {count}\u00a0liens.").format(count=status.sends_left)
    return [f"{failed} {more}"]


def _lifetime(election: Election) -> str:
    lifetime = written_duration(election.links.sms_lifetime)
    return _("Le lien expire {lifetime} après sa réception.").format(lifetime=lifetime)


def _other_destination(election: Election) -> str:
    channels = set(election.voting_code_recovery.channels)
    if channels == {Channel.SMS}:
        return _("Changer de numéro")
    return _("Changer d’adresse") if channels == {Channel.EMAIL} else _("Changer de numéro ou d’adresse")


def _other_url(election: Election, *, has_proofs: bool) -> str:
    if has_proofs:
        return voting_code.DESTINATION_URL
    record = CATALOGUE[Procedure.VOTING_CODE]
    return (
        _texts(Procedure.VOTING_CODE).retry_url if election.voting_code_recovery.challenge_question else record.url
    )


def identifier_follow_up(
    status: RecoveryStatus, election: Election, reference: str, now: datetime, delay: DelayPercentiles | None
) -> FollowUp:
    """Return the page for an identifier's recovery at an instant; `delay` is how long SMS take at the moment."""
    texts, closed = _texts(Procedure.IDENTIFIER), closed_reason(election, Procedure.IDENTIFIER, now)
    sentences = [*_with_cause(texts.sentences(status), status), *_ways(texts, status, closed)]
    if status.stage in {Stage.SENDING, Stage.SENT, Stage.LATE}:
        sentences = [*sentences, delay_sentence(delay)]
    return FollowUp(
        stage=status.stage,
        title=texts.title(status),
        sentences=sentences,
        steps=identifier_steps(status, election),
        hint=status.hint or None,
        final=status.stage in ENDINGS,
        again_url=CATALOGUE[Procedure.IDENTIFIER].url,
        vote_url=texts.vote_url,
        other_channel=_(texts.retry_label),
        other_channel_url=texts.retry_url if status.stage in {Stage.LATE, Stage.HELD} and not closed else None,
        reference=reference,
    )


def _is_waiting(status: RecoveryStatus) -> bool:
    return status.stage in WAITING


def _is_last(status: RecoveryStatus) -> bool:
    return _is_waiting(status) and status.sends_left <= 0


def _is_underway(status: RecoveryStatus) -> bool:
    return status.stage in {Stage.SENT, Stage.LATE}


def _is_unreceived(status: RecoveryStatus) -> bool:
    return _is_underway(status) and status.channel is Channel.SMS and status.delivered_at is None


def _counts_from_receipt(status: RecoveryStatus, election: Election, now: datetime) -> bool:
    """Return whether most links like this one die before the date that is known, which is the latest possible."""
    latest = status.link_expires_at
    return _is_unreceived(status) and (latest is None or now + election.links.sms_lifetime < latest)


def _texts(procedure: Procedure) -> FollowUpTexts:
    texts = CATALOGUE[procedure].follow_up
    if texts is None:
        raise LookupError(procedure)
    return texts


def _wait(status: RecoveryStatus, now: datetime) -> timedelta:
    return status.send_again_at - now if status.send_again_at else timedelta(0)


_SAME_WAIT = N_("Il faut attendre entre deux liens, aussi pour un autre numéro ou une autre adresse.")


def _resend_sentence(status: RecoveryStatus, election: Election, now: datetime) -> str:
    if status.sends_left <= 0 and status.stage is Stage.HELD:
        return _("Aucun autre lien ne peut être demandé. Joignez l’assistance\u00a0: {contact}.").format(
            contact=election.support.contact
        )
    if status.sends_left <= 0:
        return _("Trop de liens ont été envoyés\u00a0: le dernier reste le seul valable.")
    wait = _wait(status, now)
    if wait <= timedelta(0):
        return _("Un nouveau lien part au même endroit et remplace le précédent.")
    if wait <= COUNTED_UP_TO:
        return _(_SAME_WAIT)  # for how long is in `resend_in`
    time = written_time(now + wait, election.zone)
    after = _("Vous pourrez demander un autre lien après {time}.").format(time=time)
    return f"{_(_SAME_WAIT)} {after}"

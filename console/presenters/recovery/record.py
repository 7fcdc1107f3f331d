"""The page of one recovery: what is wrong, since when, why, what comes next by itself, until when, and what to tell the voter."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from activities.texts.dates import written_instant, written_time
from console.presenters import words
from console.presenters.recovery.extensions import NONE_LEFT, LinkExtension, link_extensions
from console.presenters.recovery.texts import (
    ARRIVED_SMS,
    BY_PROCEDURE,
    HELD_BY_DATABASE,
    NOT_TAKEN,
    OTHER_WAYS,
    POSTPONED,
    SECOND_MAIL,
    TAKEN_MAIL,
    TAKEN_SMS,
    StageTexts,
)
from election.causes import Cause, cause_of
from election.following.progress import Progress, since, stage_at
from election.procedures import Procedure, procedure_of, reference_of, subject_of
from election.settings import Election
from election.stages import ENDINGS, WAITING, Channel, Stage
from workflows.contracts.options import SEND_RETRY
from workflows.parts import ui_texts

Severity = Literal["error", "warning", "info", "success", "new"]
_BY = {Channel.SMS: "par SMS", Channel.EMAIL: "par courriel"}
_SEVERITIES: dict[Stage, Severity] = {Stage.HELD: "error", Stage.LATE: "warning", Stage.REISSUED: "success"}
_POSTPONED = "Envoi retardé\u00a0: le portail réessaie de lui-même"
_INTERVAL = int(SEND_RETRY.maximum_interval.total_seconds()) if SEND_RETRY.maximum_interval else 0


@dataclass(frozen=True)
class RecoveryRecord:
    """What the page says, in the order in which it says it; `until` is empty when nothing is waited for.

    `extensions` are the choices for a link that could live longer than it does; `why_not_extended` says why one that waits to be
    opened has none.
    """

    workflow_id: str
    reference: str
    procedure: str
    stage: Stage
    severity: Severity
    heading: str
    since: datetime
    why: str
    advice: str
    code: str
    following: str
    until: str
    to_tell: str
    channel: str
    channel_name: str
    cause: Cause | None
    is_held_by_database: bool = False
    extensions: tuple[LinkExtension, ...] = ()
    why_not_extended: str = ""

    @property
    def url(self) -> str:
        """The path of the recovery's page."""
        return record_url(self.workflow_id)

    @property
    def is_over(self) -> bool:
        """Whether the recovery has ended: nothing can be done with it."""
        return self.stage in ENDINGS


def recovery_record(
    workflow_id: str, progress: Progress, election: Election, now: datetime, database_fault: str = ""
) -> RecoveryRecord:
    """Return what the page of a recovery says at an instant; a fault of the database comes before what its row says."""
    found = _with_extensions(_by_row(workflow_id, progress, election, now), progress, election, now)
    if not database_fault or found.is_over:
        return found
    cause = cause_of(database_fault)
    return replace(
        found,
        severity="error",
        heading=ui_texts.DATABASE_FAULT[0],
        why=cause.sentence,
        advice=cause.advice,
        code=cause.code,
        following=HELD_BY_DATABASE.following,
        to_tell=HELD_BY_DATABASE.to_tell,
        channel_name=words.channel_name("database"),
        cause=cause,
        is_held_by_database=True,
    )


def _by_row(workflow_id: str, progress: Progress, election: Election, now: datetime) -> RecoveryRecord:
    procedure, stage = procedure_of(workflow_id), stage_at(progress, now, election.delivery)
    has_fault = bool(progress.fault) and stage not in ENDINGS
    cause = cause_of(progress.fault) if has_fault else None
    is_postponed = cause is not None and stage is not Stage.HELD
    texts = POSTPONED if is_postponed else _texts(procedure, progress)[stage]
    filled = _facts(procedure, progress, election, cause)
    return RecoveryRecord(
        workflow_id=workflow_id,
        reference=reference_of(subject_of(workflow_id)),
        procedure=words.procedure_name(procedure),
        stage=stage,
        severity=_severity(stage, is_postponed=is_postponed),
        heading=_POSTPONED if is_postponed else _headings(procedure, progress)[stage],
        since=since(progress, now, election.delivery),
        why=cause.sentence if cause else texts.why.format(**filled),
        advice=cause.advice if cause else "",
        code=progress.fault.partition(":")[2] if cause else "",
        following=texts.following.format(**filled),
        until=_until(progress, stage, election.zone),
        to_tell=texts.to_tell.format(**filled).strip(),
        channel=progress.channel or "",
        channel_name=words.channel_name(progress.channel) if progress.channel else "",
        cause=cause,
    )


def _with_extensions(
    record: RecoveryRecord, progress: Progress, election: Election, now: datetime
) -> RecoveryRecord:
    """Return a record with how much longer its link may live, if it has one that waits to be opened.

    One that was not sent yet, or whose send has failed, lives as long as any (`LinkDelivery`). 2011's second mail is no link: once
    it is accepted nothing waits any more.
    """
    procedure, channel, dies_at = procedure_of(record.workflow_id), progress.channel, progress.dies_at
    is_sent = record.stage in WAITING - {Stage.HELD} and progress.accepted_at is not None
    if procedure is Procedure.IDENTIFIER or not is_sent or channel is None or dies_at is None:
        return record
    extensions = link_extensions(procedure, channel, dies_at, election, now)
    return replace(record, extensions=extensions, why_not_extended="" if extensions else NONE_LEFT)


def _is_second_mail(progress: Progress) -> bool:
    return progress.display_until is not None and progress.begun_at is not None and progress.stage in WAITING


def _texts(procedure: Procedure, progress: Progress) -> dict[Stage, StageTexts]:
    is_second = procedure is Procedure.IDENTIFIER_AND_PASSWORD and _is_second_mail(progress)
    return dict(SECOND_MAIL if is_second else BY_PROCEDURE[procedure])


def _headings(procedure: Procedure, progress: Progress) -> dict[Stage, str]:
    is_second = procedure is Procedure.IDENTIFIER_AND_PASSWORD and _is_second_mail(progress)
    return dict((ui_texts.SECOND_MAIL if is_second else ui_texts.BY_PROCEDURE[procedure]).stages)


def _severity(stage: Stage, *, is_postponed: bool) -> Severity:
    if is_postponed:
        return "warning"
    return _SEVERITIES.get(stage, "new" if stage in ENDINGS else "info")


def _facts(procedure: Procedure, progress: Progress, election: Election, cause: Cause | None) -> dict[str, str]:
    def time(instant: datetime | None) -> str:
        return written_time(instant, election.zone) if instant else ""

    facts = {
        "by": _BY.get(progress.channel, "") if progress.channel else "",
        "accepted": time(progress.accepted_at),
        "delivered": time(progress.delivered_at),
        "display_end": time(progress.display_until),
        "interval": f"{_INTERVAL}\u00a0secondes",
        "tries_end": written_instant(progress.begun_at + election.delivery.retry_for, election.zone)
        if progress.begun_at
        else "",
        "cause": (cause.voter_sentence if cause else "") or "Votre message n’a pas pu être envoyé.",
        "other_way": OTHER_WAYS[procedure],
    }
    return {**facts, "taken": _taken(progress).format(**facts)}


def _taken(progress: Progress) -> str:
    if progress.accepted_at is None:
        return NOT_TAKEN
    if progress.channel is not Channel.SMS:
        return TAKEN_MAIL
    return ARRIVED_SMS if progress.delivered_at else TAKEN_SMS


def _until(progress: Progress, stage: Stage, zone: ZoneInfo) -> str:
    is_waiting = stage in WAITING and progress.dies_at is not None
    return written_instant(progress.dies_at, zone) if is_waiting and progress.dies_at else ""


def record_url(workflow_id: str) -> str:
    """Return the path of a recovery's page."""
    return f"/exploitation/reassorts/{quote(workflow_id)}"

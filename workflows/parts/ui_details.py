"""The current details of a recovery for the Temporal UI: the stage, since when, the facts, the next step."""

from datetime import datetime

from election.causes import Cause, cause_of
from election.procedures import procedure_of
from election.stages import ENDINGS, Channel, Stage
from election.timetable import format_in_zone
from workflows.contracts.messages import RecoveryStatus
from workflows.contracts.options import SEND_RETRY
from workflows.parts import ui_texts
from workflows.parts.ui_texts import UiTexts

_ACCEPTED = {Channel.SMS: "Remis à l’opérateur", Channel.EMAIL: "Accepté par le relais"}
_EVERY = int(SEND_RETRY.maximum_interval.total_seconds()) if SEND_RETRY.maximum_interval else 0
_CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: "courriel personnel"}


def current_details(status: RecoveryStatus, time_zone: str, workflow_id: str) -> str:
    """Return the Markdown of the recovery's current details, in French, without a contact or a secret."""
    texts = ui_texts.SECOND_MAIL if status.is_second_mail else ui_texts.BY_PROCEDURE[procedure_of(workflow_id)]
    heading, next_step = _texts(status, texts)
    cause = cause_of(status.fault) if status.fault and status.stage not in ENDINGS else None
    has_live_link = status.stage in {Stage.SENT, Stage.LATE}
    facts = {
        "Canal": (texts.destination or _CHANNELS[status.channel]) if status.channel else "",
        _ACCEPTED[status.channel or Channel.SMS]: _at(status.accepted_at, time_zone),
        "Arrivé": _at(status.delivered_at, time_zone),
        "Le lien expire": _at(status.link_expires_at, time_zone) if has_live_link else "",
        "Fenêtre d’affichage jusqu’au": _at(status.display_until, time_zone),
        "Panne": _fault(status.fault, cause),
        "Que faire": cause.advice if cause else "",
        "Nouveaux essais": _tries(status, time_zone),
    }
    lines = [f"### {cause.sentence}", f"**{heading}**"] if cause else [f"### {heading}"]
    lines.append(f"Depuis le {_at(status.since, time_zone)}.")
    lines += [f"- **{name}\u00a0:** {value}" for name, value in facts.items() if value]
    if next_step:
        helps = cause is None or cause.retry_helps
        lines.append(f"**Ensuite\u00a0:** {next_step if helps else next_step.removeprefix(ui_texts.RETRY)}")
    return "\n\n".join(lines)


def _texts(status: RecoveryStatus, texts: UiTexts) -> tuple[str, str | None]:
    if status.is_database_fault:
        return ui_texts.DATABASE_FAULT
    if status.stage is Stage.LATE and status.accepted_at is None and texts.not_accepted:
        return texts.not_accepted
    if status.stage is Stage.EXPIRED and status.is_replaced and texts.undelivered:
        return texts.undelivered, None
    return texts.stages[status.stage], texts.next_steps.get(status.stage)


def _fault(fault: str, cause: Cause | None) -> str:
    if cause is None:
        return ""
    source = f"\u202f; {cause.source}" if cause.source else ""
    return f"`{fault}` ({cause.kind.label.lower()}{source})"


def _tries(status: RecoveryStatus, time_zone: str) -> str:
    if status.tries_end_at is None:
        return ""
    return f"par le portail lui-même, toutes les {_EVERY}\u00a0secondes au plus, jusqu’au {_at(status.tries_end_at, time_zone)}"


def _at(instant: datetime | None, time_zone: str) -> str:
    return format_in_zone(instant, time_zone) if instant else ""

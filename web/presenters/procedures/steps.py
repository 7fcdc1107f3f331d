"""The steps of a recovery, as its follow-up page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.texts.dates import written_time
from election.settings import Election
from election.stages import Channel, Stage
from election.text.translation import N_
from election.text.translation import gettext as _
from workflows.contracts.messages import RecoveryStatus

_PAST_LINK = {Stage.OPENED, Stage.DISPLAYING, Stage.REISSUED}
_FAILED = {Stage.HELD, Stage.EXPIRED, Stage.CANCELLED, Stage.REFUSED}


@dataclass(frozen=True)
class Step:
    """One step; `state` is "done", "current", "late", "todo" or "problem", `at` the time of day."""

    label: str
    state: str
    at: str | None = None


_HANDED = {
    Channel.SMS: N_("SMS remis à l’opérateur"),
    Channel.EMAIL: N_("Courriel parti"),
}


def voting_code_steps(status: RecoveryStatus, election: Election) -> list[Step]:
    """Return the steps to a new voting code, as far as a recovery has come."""
    sms, is_used = status.channel is Channel.SMS, status.stage in _PAST_LINK
    # A request that was refused has no channel yet.
    handed = _(_HANDED[status.channel]) if status.channel else _("Lien envoyé")
    steps = [
        (_("Demande prise en compte"), status.stage is not Stage.REFUSED, None),
        (handed, bool(status.accepted_at) or is_used, status.accepted_at),
        (_("Lien utilisé") if is_used else _("Lien à ouvrir"), is_used, None),
        (_("Nouveau code affiché"), status.stage is Stage.REISSUED, None),
    ]
    if sms:
        steps.insert(2, (_("SMS arrivé"), bool(status.delivered_at) or is_used, status.delivered_at))
    return _steps(steps, election, _reached(status.stage))


def identifier_steps(status: RecoveryStatus, election: Election) -> list[Step]:
    """Return the steps to a new identifier, as far as a recovery has come."""
    is_reissued = status.stage is Stage.REISSUED
    steps = [
        (_("Demande prise en compte"), status.stage is not Stage.REFUSED, None),
        (_("SMS remis à l’opérateur"), bool(status.accepted_at) or is_reissued, status.accepted_at),
    ]
    # An identifier whose SMS has no receipt is reissued all the same: whether it has arrived is not known.
    if status.delivered_at or not is_reissued:
        steps.append((_("SMS arrivé"), bool(status.delivered_at), status.delivered_at))
    return _steps(steps, election, _reached(status.stage))


def _reached(stage: Stage) -> str:
    """Return the state of the step that a recovery has come to."""
    if stage is Stage.LATE:
        return "late"
    return "problem" if stage in _FAILED else "current"


def _steps(steps: Sequence[tuple[str, bool, datetime | None]], election: Election, reached: str) -> list[Step]:
    current = next((number for number, (_label, is_done, _at) in enumerate(steps) if not is_done), len(steps))
    return [
        Step(label, _state(number, current, reached), written_time(at, election.zone) if at else None)
        for number, (label, _is_done, at) in enumerate(steps)
    ]


def _state(number: int, current: int, reached: str) -> str:
    if number < current:
        return "done"
    return "todo" if number > current else reached

"""« Échecs »: one line a cause, with what it means, whether a retry helps, and what is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from activities.progress.failure_filter import FailureFilter
from activities.progress.failures import FailureGroup, HeldSend
from console.presenters import stages, words
from console.presenters.recovery.record import record_url
from election.causes import Cause, cause_of
from election.procedures import Procedure, procedure_of, reference_of, subject_of

URL = "/exploitation/echecs"
# What « en échec depuis » can be asked for, in minutes.
AGES: Mapping[str, str] = {
    "5": "5\u00a0minutes et plus",
    "60": "une heure et plus",
    "1440": "un jour et plus",
}
_HELPS = "Relancer aide, une fois la cause passée."
_DOES_NOT_HELP = "Relancer n’aide pas d’ordinaire."


@dataclass(frozen=True)
class FailureLine:
    """One cause. `fault` is `channel:reason`; `retry_helps` decides whether its own « Relancer » is offered."""

    fault: str
    code: str
    channel: str
    sentence: str
    advice: str
    retry_helps: bool
    count: int
    first_seen: datetime
    last_seen: datetime
    procedures: str
    places: str
    gateways: str
    temporal_query: str


@dataclass(frozen=True)
class FailureRow:
    """One recovery whose send has failed."""

    workflow_id: str
    reference: str
    procedure: str
    since: datetime
    place: str
    gateway: str

    @property
    def url(self) -> str:
        """The path of the recovery's page."""
        return record_url(self.workflow_id)


@dataclass(frozen=True)
class FilterFields:
    """The filter as its form shows it; each is the text of a field, empty for all."""

    channel: str = ""
    procedure: str = ""
    cause: str = ""
    age: str = ""

    @property
    def query(self) -> str:
        """The same as a query, without what is empty."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return not self.query

    @property
    def temporal_query(self) -> str:
        """The filter that lists the same in the Temporal UI, whatever its age."""
        return stages.held_query(self.cause, self.channel, procedure_in(self.procedure))

    def held_until(self, now: datetime) -> datetime:
        """Return by when what it asks for had failed: what fails after `now` is never meant."""
        return now - timedelta(minutes=int(self.age) if self.age in AGES else 0)

    def asked(self, now: datetime, causes: Sequence[str] = ()) -> FailureFilter:
        """Return the filter for the database; `causes` are those that were chosen among what it shows."""
        one = (self.cause,) if self.cause else ()
        return FailureFilter(
            self.channel, procedure_in(self.procedure), tuple(causes) or one, self.held_until(now)
        )


def lines(groups: Sequence[FailureGroup], *, is_held: bool) -> list[FailureLine]:
    """Return the lines of what has failed for good, or of what is tried again by itself."""
    return [_line(group) for group in groups if group.is_held is is_held]


def rows(held: Sequence[HeldSend]) -> list[FailureRow]:
    """Return the recoveries of a cause."""
    return [
        FailureRow(
            each.workflow_id,
            reference_of(subject_of(each.workflow_id)),
            words.procedure_name(procedure_of(each.workflow_id)),
            each.since,
            words.place_name(each.place),
            each.gateway,
        )
        for each in held
    ]


def position_of(held: HeldSend) -> str:
    """Return where a page ends: the next one begins after it."""
    return f"{held.since.isoformat()} {held.workflow_id}"


def position(text: str) -> tuple[datetime, str] | None:
    """Return the instant and the id of `position_of`, or None for the first page."""
    instant, _, workflow_id = text.partition(" ")
    try:
        since = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return (since, workflow_id) if since.tzinfo is not None and workflow_id.isascii() else None


def as_json(groups: Sequence[FailureGroup]) -> list[dict[str, object]]:
    """Return what has failed for good, for programs: one object a cause."""
    return [
        {
            "cause": group.reason,
            "channel": group.channel,
            "count": group.count,
            "since": group.first_seen.isoformat(),
            "retry_helps": cause_of(group.fault).retry_helps,
        }
        for group in groups
    ]


def advice_on(cause: Cause) -> str:
    """Return what to do about a cause, at least whether a retry helps."""
    return cause.advice or (_HELPS if cause.retry_helps else _DOES_NOT_HELP)


def _line(group: FailureGroup) -> FailureLine:
    cause = cause_of(group.fault)
    return FailureLine(
        fault=group.fault,
        code=group.reason,
        channel=words.channel_name(group.channel),
        sentence=cause.sentence,
        advice=advice_on(cause),
        retry_helps=cause.retry_helps,
        count=group.count,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
        procedures=words.shares({words.procedure_name(each): number for each, number in group.procedures.items()}),
        places=words.shares({words.place_name(each): number for each, number in group.places.items()}),
        gateways=words.shares({each or "aucune": number for each, number in group.gateways.items()}),
        temporal_query=stages.held_query(group.fault),
    )


def procedure_in(text: str) -> Procedure | None:
    """Return the procedure that a field names, or None for any."""
    return Procedure(text) if text in set(Procedure) else None

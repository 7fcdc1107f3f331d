"""The append-only journal: the actor (an opaque id), the event, the time, the channel and the outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import journal
from election.procedures import procedure_of

# Outcomes of an accepted message.
DELIVERED = "delivered"
ACCEPTED = "accepted"  # final for a mail, which has no receipt

# Operators type their names in Temporal's UI: a name that is too long must not make the activity fail.
_LONGEST = 64
_LONGEST_DETAIL = 253  # as long as a mail domain
_OUTCOME = select(journal.c.outcome).where(journal.c.entry_id == bindparam("entry"))


class Event(StrEnum):
    """The events of the journal, as `subject:object:action`."""

    REQUEST_ACCEPTED = "voting_code:request:accepted"
    REQUEST_REFUSED = "voting_code:request:refused"
    LINK_RENEWED = "voting_code:link:renewed"
    CODE_REISSUED = "voting_code:code:reissued"
    RECOVERY_ENDED = "voting_code:recovery:ended"
    PASSWORD_REQUEST_ACCEPTED = "password:request:accepted"
    PASSWORD_REQUEST_REFUSED = "password:request:refused"
    PASSWORD_ENDED = "password:recovery:ended"
    PASSWORD_REPLACED = "password:password:replaced"
    IDENTIFIER_ACCEPTED = "identifier:request:accepted"
    IDENTIFIER_REFUSED = "identifier:request:refused"
    IDENTIFIER_REISSUED = "identifier:identifier:reissued"
    IDENTIFIER_ENDED = "identifier:recovery:ended"
    IDENTIFIER_AND_PASSWORD_ACCEPTED = "identifier_and_password:request:accepted"
    IDENTIFIER_AND_PASSWORD_REFUSED = "identifier_and_password:request:refused"
    IDENTIFIER_AND_PASSWORD_PASSWORD = "identifier_and_password:password:reissued"
    IDENTIFIER_AND_PASSWORD_IDENTIFIER = "identifier_and_password:identifier:reissued"
    IDENTIFIER_AND_PASSWORD_ENDED = "identifier_and_password:recovery:ended"
    SEND_ACCEPTED = "message:send:accepted"
    SEND_REFUSED = "message:send:refused"
    SEND_POSTPONED = "message:send:postponed"
    SEND_DELIVERED = "message:send:delivered"
    SEND_FAILED = "message:send:failed"
    CAMPAIGN_BEGUN = "campaign:sending:begun"
    CAMPAIGN_PAUSED = "campaign:sending:paused"
    CAMPAIGN_RESUMED = "campaign:sending:resumed"
    CAMPAIGN_PACED = "campaign:rate:changed"
    CAMPAIGN_STOPPED = "campaign:sending:stopped"
    CAMPAIGN_ENDED = "campaign:sending:ended"
    OPERATOR_RETRIED = "operator:send:retried"
    OPERATOR_CANCELLED = "operator:recovery:cancelled"
    OPERATOR_UNLOCKED = "operator:sign_in:unlocked"


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `id` is the same when its effect is run again.

    `detail` is an operator's reason, or the country or mail domain that a message went to.
    """

    id: str
    event: Event
    actor: str
    workflow_id: str
    channel: str = ""
    outcome: str = ""
    detail: str = ""


class Journal:
    """Adds entries in the transaction of the effect that they record."""

    def __init__(self, database: Database, election_id: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._election_id = election_id
        self._now = now
        # Inline, since roles that may add to the journal may not read it, the new line's number included.
        self._add = insert(journal).on_conflict_do_nothing().inline()

    async def record(self, connection: AsyncConnection, entry: Entry) -> None:
        """Add an entry, unless one with its id exists."""
        values = {
            "entry_id": entry.id,
            "recorded_at": self._now(),
            "election_id": self._election_id,
            "event": entry.event,
            "actor": entry.actor[:_LONGEST],
            "workflow_id": entry.workflow_id,
            "channel": entry.channel,
            "outcome": entry.outcome[:_LONGEST],
            "detail": entry.detail[:_LONGEST_DETAIL],
        }
        await connection.execute(self._add, values)

    async def outcome(self, entry_id: str) -> str | None:
        """Return the outcome of an entry, or None when there is no such entry."""
        async with self._database.reading() as connection:
            found: str | None = (await connection.execute(_OUTCOME, {"entry": entry_id})).scalar_one_or_none()
        return found


def recovery_ended(workflow_id: str) -> Event:
    """Return the event of a recovery's end, by the procedure in its id."""
    return Event(f"{procedure_of(workflow_id).folder}:recovery:ended")

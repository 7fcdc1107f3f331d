"""The append-only journal: the actor (an opaque id), the event, the time, the channel and the outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.chain.hashes import CLOSING_EVENT
from activities.store.database import Database
from activities.store.many_rows import insert_rows
from activities.store.tables import journal
from election.procedures import procedure_of
from election.settings import Election

# Outcomes of an accepted message.
DELIVERED = "delivered"
ACCEPTED = "accepted"  # of a mail, which has no receipt: final unless it bounces
BOUNCE = "bounce-"  # before the status of a mail that the relay had accepted and the mailbox refused

# Operators type their names in Temporal's UI: a name that is too long must not make the activity fail.
LONGEST_ACTOR = 64
_LONGEST_OUTCOME = 64
_LONGEST_DETAIL = 253  # as long as a mail domain
OF_ROLL = "operator:roll:"  # begins the events of what becomes of the roll
OF_ACCESS = "access:"  # begins the traces of what an elector tried
_OUTCOME = select(journal.c.outcome).where(journal.c.entry_id == bindparam("entry"))


# Adds many entries, each unless one with its id exists; its parameters are arrays of their columns after this prefix.
MANY = "entry_"
ADD_MANY = insert_rows(journal, *(column.name for column in journal.c if column.name != "number"), prefix=MANY)


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
    SEND_UNCERTAIN = "message:send:uncertain"
    SEND_REPEATED = "message:send:repeated"
    SEND_DELIVERED = "message:send:delivered"
    SEND_FAILED = "message:send:failed"
    SEND_DELAYED = "message:send:delayed"
    GATEWAY_CHANGED = "message:gateway:changed"
    MAILING_BEGUN = "mailing:sending:begun"
    MAILING_PREPARED = "mailing:page:prepared"
    MAILING_PAUSED = "mailing:sending:paused"
    MAILING_RESUMED = "mailing:sending:resumed"
    MAILING_PACED = "mailing:rate:changed"
    MAILING_RETRIED = "mailing:failures:retried"
    MAILING_STOPPED = "mailing:sending:stopped"
    MAILING_ENDED = "mailing:sending:ended"
    OBJECTION_MADE = "objection:recoveries:paused"
    OPERATOR_RETRIED = "operator:send:retried"
    OPERATOR_RETRY_REFUSED = "operator:send:refused"
    OPERATOR_EXTENDED = "operator:link:extended"
    OPERATOR_CANCELLED = "operator:recovery:cancelled"
    OPERATOR_ACT_BEGUN = "operator:act:begun"
    OPERATOR_ACT_PAUSED = "operator:act:paused"
    OPERATOR_ACT_RESUMED = "operator:act:resumed"
    OPERATOR_ACT_PACED = "operator:act:paced"
    OPERATOR_ACT_STOPPED = "operator:act:stopped"
    OPERATOR_ACT_ENDED = "operator:act:ended"
    OPERATOR_LIFTED_PAUSE = "operator:proofs:unlocked"
    OPERATOR_LIFTED_OBJECTION = "operator:objection:lifted"
    OPERATOR_GAVE_BACK = "operator:requests:given_back"
    OPERATOR_UNLOCKED = "operator:sign_in:unlocked"
    OPERATOR_ALLOWED_REISSUES = "operator:reissues:allowed"
    OPERATOR_IMPORTED_ROLL = "operator:roll:imported"
    OPERATOR_REMOVED_ELECTORS = "operator:roll:removed"
    OPERATOR_CHANGED_ELECTOR = "operator:roll:changed"
    OPERATOR_UPLOADED_ROLL = "operator:roll:uploaded"
    OPERATOR_ABANDONED_ROLL = "operator:roll:abandoned"
    OPERATOR_SIGNED_IN = "operator:session:opened"
    OPERATOR_SIGNED_OUT = "operator:session:ended"
    PROCESS_STARTED = "process:role:started"
    WEAKNESS_KEPT = "process:weakness:kept"
    JOURNAL_CLOSED = CLOSING_EVENT
    EVIDENCE_DESTROYED = "operator:evidence:destroyed"
    SIGN_IN_ACCEPTED = "access:sign_in:accepted"
    SIGN_IN_REFUSED = "access:sign_in:refused"
    VOTE_ACCEPTED = "access:voting_code:accepted"
    VOTE_REFUSED = "access:voting_code:refused"
    PROOF_ACCEPTED = "access:proof:accepted"
    PROOF_REFUSED = "access:proof:refused"
    REQUEST_SUBMITTED = "access:request:submitted"

    @property
    def is_trace(self) -> bool:
        """Whether it is the trace of an access, with the hash of a network address: it is purged at an age of its own."""
        return self.startswith(OF_ACCESS)

    @property
    def is_of_roll(self) -> bool:
        """Whether it tells what became of the roll, which not every operator may read."""
        return self.startswith(OF_ROLL)

    @property
    def is_reserved(self) -> bool:
        """Whether not every operator may read it: what became of the roll, or who has signed in or opened the voting space."""
        return self.is_of_roll or self.is_trace


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `id` is the same when its effect is run again.

    `detail` is an operator's reason, the country or mail domain that a message went to, or the id of the notice that an
    objection came from. `wording` is the id of the
    sentence that the voter agreed to.
    """

    id: str
    event: Event
    actor: str
    workflow_id: str
    channel: str = ""
    outcome: str = ""
    detail: str = ""
    wording: str = ""
    address_hash: str = ""


class Journal:
    """Adds entries in the transaction of the effect that they record."""

    def __init__(self, database: Database, election: Election, now: Callable[[], datetime]) -> None:
        self._database = database
        self._election = election
        self._now = now
        # Inline, since roles that may add to the journal may not read it, the new line's number included.
        # Without a conflict target, which they would have to read too; a trigger refuses a number that is in use.
        self._add = insert(journal).on_conflict_do_nothing().inline()

    async def record(self, connection: AsyncConnection, entry: Entry) -> None:
        """Add an entry, unless one with its id exists."""
        await connection.execute(self._add, self.values(entry))

    def values(self, entry: Entry) -> dict[str, Any]:
        """Return the columns of an entry that is recorded now, for a statement that adds many (`ADD_MANY`)."""
        now = self._now()
        return {
            "entry_id": entry.id,
            "recorded_at": now,
            "election_id": self._election.id,
            "event": entry.event,
            "actor": storable(entry.actor, LONGEST_ACTOR),
            "workflow_id": entry.workflow_id,
            "channel": entry.channel,
            "outcome": storable(entry.outcome, _LONGEST_OUTCOME),
            "detail": storable(entry.detail, _LONGEST_DETAIL),
            "wording": entry.wording,
            "address_hash": entry.address_hash,
            "expires_at": self._expires_at(entry.event, now),
        }

    async def outcome(self, entry_id: str) -> str | None:
        """Return the outcome of an entry, or None when there is no such entry."""
        async with self._database.reading() as connection:
            found: str | None = (await connection.execute(_OUTCOME, {"entry": entry_id})).scalar_one_or_none()
        return found

    def _expires_at(self, event: Event, now: datetime) -> datetime:
        rules = self._election.retention
        return (
            now + rules.access_traces
            if event.is_trace
            else rules.kept_until(self._election.calendar.vote.closes, now)
        )


def recovery_ended(workflow_id: str) -> Event:
    """Return the event of a recovery's end, by the procedure in its id."""
    return Event(f"{procedure_of(workflow_id).folder}:recovery:ended")


def storable(text: str, longest: int) -> str:
    """Return a text that a column of this length can keep, of whatever somebody has typed."""
    # PostgreSQL keeps no NUL and no lone surrogate, which JSON can carry.
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")[:longest]

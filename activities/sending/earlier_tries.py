"""What the ledger has of a message's earlier tries, from which follows which gateway may try it next."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.tables import messages
from election.routing.choice import LastTry

_TRIES = select(
    messages.c.id, messages.c.gateway, messages.c.accepted_at, messages.c.outcome, messages.c.may_be_taken
).where(messages.c.id.in_((bindparam("message"), bindparam("previous"))))


@dataclass(frozen=True)
class EarlierTries:
    """What is known of a message before a try: who has accepted it, its last try, and that of the send before it.

    The send before it is the one that an operator has had tried again, under the next number.
    """

    accepted_by: str = ""
    last: LastTry | None = None
    previous: LastTry | None = None

    def doubtful(self, gateway: str) -> LastTry | None:
        """Return the try by another gateway that may have been taken, if there is one."""
        tries = [each for each in (self.last, self.previous) if each and each.may_be_taken]
        return next((each for each in tries if each.gateway != gateway), None)


async def earlier_tries(connection: AsyncConnection, message_id: str) -> EarlierTries:
    """Return what is known of a message's earlier tries; one whose end was not noted may have been taken."""
    asked = {"message": message_id, "previous": _previous(message_id)}
    rows = {row.id: row for row in await connection.execute(_TRIES, asked)}
    this, previous = rows.get(message_id), rows.get(asked["previous"])
    return EarlierTries(
        this.gateway if this is not None and this.accepted_at else "",
        None if this is None else _last_try(this),
        None if previous is None or previous.accepted_at else _last_try(previous),
    )


def _previous(message_id: str) -> str:
    """Return the id of the send before one (`link-1` of `link-2`), or an id that no message has."""
    delivery, _, number = message_id.rpartition("-")
    return f"{delivery}-{int(number) - 1}" if number.isdecimal() and number.isascii() else ""


def _last_try(row: Any) -> LastTry:
    is_unanswered = row.outcome is None and row.accepted_at is None
    return LastTry(row.gateway, row.outcome or "", may_be_taken=row.may_be_taken or is_unanswered)

"""What an operator does for the elector of a recovery, who is found by the recovery's id: no contact is typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import bindparam, select, union_all
from temporalio import activity

from activities.accounts.roll import Roll
from activities.evidence.journal import Event, Journal
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.settlements import detail_of
from activities.security.signed_orders import is_from_console, is_recent
from activities.store.database import Database
from activities.store.tables import HAS_WORKFLOW, electors, generated_identifiers, journal, links
from activities.upkeep.elector_requests import ElectorRequests
from activities.upkeep.unlock_sign_in import SignInUnlock
from election.procedures import Procedure, procedure_of, subject_of

_MADE = generated_identifiers.c
# Written by the role `recoveries` alone, with the elector's id where the request was one's on the roll.
_JUDGED = [event for event in Event if event.endswith((":request:accepted", ":request:refused"))]
_FOUND = union_all(
    select(links.c.elector_id, links.c.created_at).where(
        links.c.workflow_id == bindparam("of"), links.c.elector_id != ""
    ),
    select(_MADE.elector_id, _MADE.created_at).where(_MADE.workflow_id == bindparam("of")),
    select(electors.c.id, journal.c.recorded_at)
    .join(electors, electors.c.id == journal.c.actor)
    .where(journal.c.workflow_id == bindparam("of"), HAS_WORKFLOW, journal.c.event.in_(_JUDGED)),
).subquery()
_NEWEST = select(_FOUND.c.elector_id).order_by(_FOUND.c.created_at.desc()).limit(1)


class ElectorActKind(StrEnum):
    """What is done for an elector."""

    UNLOCK_SIGN_IN = "unlock-sign-in"
    GIVE_BACK = "give-back"  # the requests for an identifier (2018) that were counted


@dataclass(frozen=True)
class ElectorOrder:
    """An operator's order for the elector of a `recovery`, by its workflow id; the console signs it for the act's own workflow."""

    act: ClassVar[str] = "elector_act"
    operator: str
    recovery: str
    kind: ElectorActKind
    reason: str = ""
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class ElectorClaim:
    """An order, and the workflow that carries it out: what it does is done once."""

    workflow_id: str
    order: ElectorOrder


@dataclass(frozen=True)
class ElectorActed:
    """Whether the recovery has an elector, and how many failures or requests there were."""

    is_known: bool
    number: int = 0


class ElectorActs:
    """Unlocks the sign-in, or gives requests back; each act is journalled with the operator's name, in the recovery's timeline."""

    def __init__(
        self,
        database: Database,
        roll: Roll,
        journal: Journal,
        unlock: SignInUnlock,
        requests: ElectorRequests,
        console_key: str,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._roll = roll
        self._journal = journal
        self._unlock = unlock
        self._requests = requests
        self._console_key = console_key
        self._now = now

    @activity.defn
    async def act_for_elector(self, claim: ElectorClaim) -> ElectorActed:
        """Do what the console has signed, and return what there was.

        Raises:
            InvalidSignatureError: the console has not signed it, or too long ago.
        """
        order, entry_id = claim.order, claim.workflow_id
        is_genuine = is_from_console(self._console_key, claim.workflow_id, order)
        if not (is_genuine and is_recent(order, self._now())):
            raise InvalidSignatureError("the console has not signed this order, or too long ago")
        done = await self._journal.outcome(entry_id)
        if done is not None:  # run again after a kill
            return ElectorActed(is_known=True, number=int(done.partition(" ")[0]))
        elector_id = await self._elector_of(order.recovery)
        if elector_id is None:
            return ElectorActed(is_known=False)
        do = (
            self._unlock.unlock_elector
            if order.kind is ElectorActKind.UNLOCK_SIGN_IN
            else self._requests.give_back_to
        )
        detail = detail_of(order.reason, is_verified=True)
        number = await do(elector_id, order.operator, entry_id, detail, order.recovery)
        return ElectorActed(is_known=True, number=number)

    async def _elector_of(self, recovery: str) -> str | None:
        """Return the elector of a recovery, or None if its identifier is not on the roll."""
        try:
            procedure = procedure_of(recovery)
        except ValueError:
            return None
        if procedure is Procedure.VOTING_CODE:
            elector_id: str | None = subject_of(recovery)
        else:
            # The id has a keyed hash of what was typed: links, identifiers or the judgement of a refused request say whose it was.
            async with self._database.reading() as connection:
                elector_id = (await connection.execute(_NEWEST, {"of": recovery})).scalar_one_or_none()
        elector = await self._roll.elector(elector_id) if elector_id else None
        return elector.id if elector else None

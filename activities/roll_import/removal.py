"""Takes electors off the roll, with their credentials, sessions and links."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.clock import utc_now
from activities.evidence.journal import Event, Journal
from activities.roll_import.lines import ElectorLine, Reason, Refusal
from activities.roll_import.order import Order, Outcome
from activities.roll_import.writer import end_sessions, lock_imports
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors, links, quotas
from election.verdicts import LinkVerdict


class RollRemoval:
    """Removes electors who are named by their work address and their NUMEN, which must both be right."""

    def __init__(self, database: Database, keyed: KeyedHash, journal: Journal) -> None:
        self._database = database
        self._keyed = keyed
        self._journal = journal

    async def remove(self, lines: Sequence[ElectorLine], refused: Sequence[Refusal], order: Order) -> Outcome:
        """Remove the electors of a batch in one transaction, and return who was removed and which lines were refused.

        `refused` are the refusals of its other lines.
        """
        async with self._database.writing() as connection:
            await lock_imports(connection)
            outcome = await self._judged(connection, lines, Outcome(refused=[*refused]))
            if outcome.removed and not order.is_trial:
                await _remove(connection, outcome.removed)
                counts = {"removed": len(outcome.removed), "refused": outcome.refused_lines}
                await self._journal.record(connection, order.entry(Event.OPERATOR_REMOVED_ELECTORS, counts))
        return outcome

    async def _judged(
        self, connection: AsyncConnection, lines: Sequence[ElectorLine], outcome: Outcome
    ) -> Outcome:
        named = electors.c.work_email.in_([line.work_email for line in lines])
        columns = select(electors.c.id, electors.c.work_email, electors.c.numen_hash).where(named)
        ids = {(row.work_email, row.numen_hash): row.id for row in await connection.execute(columns)}
        for line in lines:
            found = ids.get((line.work_email, self._keyed.hash("numen", line.numen)))
            if found:
                outcome.removed.add(found)
            else:
                outcome.refused.append(Refusal(line.number, "", Reason.NOT_ON_ROLL))
        return outcome


async def _remove(connection: AsyncConnection, ids: set[str]) -> None:
    """Delete electors, and with them what refers to them; a link that was sent says that it was replaced."""
    live = links.c.elector_id.in_(ids) & links.c.ending.is_(None)
    await connection.execute(update(links).where(live).values(ending=LinkVerdict.REPLACED, revoked_at=utc_now()))
    await end_sessions(connection, ids)
    await connection.execute(delete(quotas).where(quotas.c.elector_id.in_(ids)))
    await connection.execute(delete(electors).where(electors.c.id.in_(ids)))

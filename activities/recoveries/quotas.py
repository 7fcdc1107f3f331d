"""How often an identifier may be asked for: limits across electors, kept by the database in one statement each."""

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import quotas
from election.settings import IdentifierRecoveryRules
from election.verdicts import Verdict


class Quotas:
    """Counts an elector's requests, and a number's uses: it serves one elector only (2018)."""

    def __init__(self, database: Database, rules: IdentifierRecoveryRules) -> None:
        self._database = database
        self._rules = rules

    async def take(self, connection: AsyncConnection, elector: str, number_hash: str) -> Verdict | None:
        """Count a request in the caller's transaction; return why not, when a limit is reached.

        What was counted before a refusal is the caller's to roll back. Always the number first: two
        requests that wait for each other's rows would never end.
        """
        if not await self._count(connection, _number(number_hash), elector, self._rules.uses_of_a_number):
            return Verdict.NUMBER_TAKEN
        if not await self._count(connection, _elector(elector), elector, self._rules.requests):
            return Verdict.TOO_MANY_REQUESTS
        return None

    async def refund(self, connection: AsyncConnection, elector: str, number_hash: str) -> None:
        """Forget a request in the caller's transaction; a number that served nobody is free again."""
        for subject in (_number(number_hash), _elector(elector)):
            here = quotas.c.subject == subject
            await connection.execute(update(quotas).where(here).values(n=quotas.c.n - 1))
            await connection.execute(delete(quotas).where(here, quotas.c.n <= 0))

    async def _count(self, connection: AsyncConnection, subject: str, owner: str, most: int) -> bool:
        first = self._database.insert(quotas).values(subject=subject, owner=owner, n=1)
        is_free = (quotas.c.n < most) & (quotas.c.owner == owner)
        counted = first.on_conflict_do_update(
            index_elements=["subject"], set_={"n": quotas.c.n + 1}, where=is_free
        ).returning(quotas.c.n)
        return (await connection.execute(counted)).scalar_one_or_none() is not None


def _number(number_hash: str) -> str:
    return f"number:{number_hash}"


def _elector(elector: str) -> str:
    return f"elector:{elector}"

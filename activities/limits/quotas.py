"""The limits on requests for an identifier: per elector and per phone number, each enforced by one SQL statement."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.tables import generated_identifiers, quotas
from election.settings import Election
from election.verdicts import Verdict

# The elector, the number, and whoever a counted request of either ties to them: always in the same order.
_LOCK = text("""
    WITH counted AS (
        SELECT elector_id, phone_hash FROM generated_identifiers
        WHERE counted AND (elector_id = :elector OR phone_hash = :phone)
    ), names AS (
        SELECT :elector AS name UNION SELECT :phone UNION SELECT elector_id FROM counted UNION SELECT phone_hash FROM counted
    ), keys AS (
        SELECT DISTINCT hashtextextended('quota:' || name, 0) AS key FROM names WHERE name <> '' ORDER BY key
    )
    SELECT pg_advisory_xact_lock(key) FROM keys""")

_USES = select(quotas.c.uses).where(quotas.c.key == bindparam("key"))
_UNCOUNT = (
    update(generated_identifiers)
    .where(generated_identifiers.c.elector_id == bindparam("elector"), generated_identifiers.c.counted)
    .values(counted=False)
    .returning(generated_identifiers.c.phone_hash)
)


class Quotas:
    """Counts the requests of an elector and the uses of a phone number, which one elector only may use (2018)."""

    def __init__(self, election: Election) -> None:
        self._rules = election.identifier_recovery
        self._vote_opens = election.calendar.vote.opens
        self.max_requests = self._rules.max_requests

    @property
    def confirmation(self) -> dict[str, object]:
        """The parameters of a statement on when a request must have been confirmed: `within` a time, once the vote `opens`."""
        return {"within": self._rules.confirmed_within, "opens": self._vote_opens}

    def given_back_at(self, created_at: datetime) -> datetime:
        """Return when an unconfirmed request gives its place back; the time begins when the vote opens, if that is later."""
        return max(created_at, self._vote_opens) + self._rules.confirmed_within

    async def lock(self, connection: AsyncConnection, elector_id: str, phone_hash: str = "") -> None:
        """Wait until no other transaction judges a request of this elector or number, or of those whose places it may give back.

        One that gives several places back would otherwise lock their rows in any order.
        """
        await connection.execute(_LOCK, {"elector": elector_id, "phone": phone_hash})

    async def take(self, connection: AsyncConnection, elector_id: str, phone_hash: str) -> Verdict | None:
        """Count a request in the caller's transaction and return None, or return the verdict of the limit that is reached.

        On a refusal the caller rolls back what was counted. The number comes first in `take` and `refund`: the same
        order of row locks prevents deadlocks.
        """
        if not await self._count(connection, _number_key(phone_hash), elector_id, self._rules.max_uses_per_number):
            # Another number would not help an elector who has no request left.
            used = (await connection.execute(_USES, {"key": _elector_key(elector_id)})).scalar_one_or_none() or 0
            return Verdict.NUMBER_TAKEN if used < self._rules.max_requests else Verdict.TOO_MANY_REQUESTS
        if not await self._count(connection, _elector_key(elector_id), elector_id, self._rules.max_requests):
            return Verdict.TOO_MANY_REQUESTS
        return None

    async def refund(self, connection: AsyncConnection, elector_id: str, phone_hash: str) -> None:
        """Uncount a request in the caller's transaction; a number without further uses is free again."""
        for key in (_number_key(phone_hash), _elector_key(elector_id)):
            is_row = quotas.c.key == key
            await connection.execute(update(quotas).where(is_row).values(uses=quotas.c.uses - 1))
            await connection.execute(delete(quotas).where(is_row, quotas.c.uses <= 0))

    async def give_back(self, connection: AsyncConnection, elector_id: str) -> int:
        """Uncount every request of an elector in the caller's transaction, and return how many there were."""
        await self.lock(connection, elector_id)
        counted = (await connection.execute(_UNCOUNT, {"elector": elector_id})).scalars().all()
        for phone_hash in counted:
            await self.refund(connection, elector_id, phone_hash)
        return len(counted)

    async def _count(self, connection: AsyncConnection, key: str, elector_id: str, limit: int) -> bool:
        statement = insert(quotas).values(key=key, elector_id=elector_id, uses=1)
        is_allowed = (quotas.c.uses < limit) & (quotas.c.elector_id == elector_id)
        upsert = statement.on_conflict_do_update(
            index_elements=["key"], set_={"uses": quotas.c.uses + 1}, where=is_allowed
        ).returning(quotas.c.uses)
        return (await connection.execute(upsert)).scalar_one_or_none() is not None


def _number_key(phone_hash: str) -> str:
    return f"number:{phone_hash}"


def _elector_key(elector_id: str) -> str:
    return f"elector:{elector_id}"

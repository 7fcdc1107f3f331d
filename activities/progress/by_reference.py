"""Finds recoveries by the reference that their elector reads: the console's search."""

from sqlalchemy import bindparam, select

from activities.store.database import Database
from activities.store.progress_table import REFERENCE, progress
from election.procedures import reference_in

_FIND = (
    select(progress.c.workflow_id)
    .where(bindparam("reference") == REFERENCE)
    .order_by(progress.c.changed_at.desc(), progress.c.workflow_id)
)


class RecoveriesByReference:
    """Reads the workflow ids of recoveries that have a row; one elector's recoveries may share a reference."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, typed: str) -> list[str]:
        """Return the workflow ids for a reference typed in any way, or a whole workflow id, the last changed first."""
        reference = reference_in(typed)
        if reference is None:
            return []
        async with self._database.reading() as connection:
            found = (await connection.execute(_FIND, {"reference": reference})).scalars()
            return [each for each in found if "/" not in typed or each == typed.strip()]

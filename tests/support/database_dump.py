"""Everything that the roll database contains, to check what is stored and what is not."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, Table, select

from activities.store.all_tables import metadata
from activities.store.database import Database


async def rows(database: Database, table: Table) -> Sequence[RowMapping]:
    """Return every row of a table."""
    async with database.reading() as connection:
        return (await connection.execute(select(table))).mappings().all()


async def text_of(database: Database) -> str:
    """Return every row of every table, as one text."""
    tables = [await rows(database, table) for table in metadata.sorted_tables]
    return "\n".join(str(dict(row)) for table in tables for row in table)

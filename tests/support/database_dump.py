"""The roll database, read as whoever has a dump of it would."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, Table, select

from activities.store.database import Database
from activities.store.tables import metadata


async def rows(database: Database, table: Table) -> Sequence[RowMapping]:
    """Return every row of a table."""
    async with database.reading() as connection:
        return (await connection.execute(select(table))).mappings().all()


async def text_of(database: Database) -> str:
    """Return everything that the database holds, as one text."""
    tables = [await rows(database, table) for table in metadata.sorted_tables]
    return "\n".join(str(dict(row)) for table in tables for row in table)

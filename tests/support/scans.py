"""What the server has read for all that one connection has done."""

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

_TABLE = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = :name")
_ROWS = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = :name")
_PAGES = text(
    """SELECT heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit FROM pg_statio_user_tables WHERE relname = :name"""
)
_INDEX = text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = :name")


async def scans_of(connection: AsyncConnection, name: str, *, is_index: bool = False) -> int:
    """Return how often a table was read from end to end, or an index; the connection must be in no transaction."""
    return await _counted(connection, _INDEX if is_index else _TABLE, name)


async def rows_read(connection: AsyncConnection, table: str) -> int:
    """Return how many rows of a table were read, by an index or not; the connection must be in no transaction."""
    return await _counted(connection, _ROWS, table)


async def pages_read(connection: AsyncConnection, table: str) -> int:
    """Return how many pages of a table and its indexes were read; the connection must be in no transaction."""
    return await _counted(connection, _PAGES, table)


async def _counted(connection: AsyncConnection, query: TextClause, name: str) -> int:
    # The server counts what a session has done some time later, unless it is told to at once.
    await connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    found: int = (await connection.execute(query, {"name": name})).scalar_one()
    return found

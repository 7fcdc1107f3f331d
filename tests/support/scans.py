"""How often the server has read a table from end to end, or an index, with all that one connection has done."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TABLE = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = :name")
_INDEX = text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = :name")


async def scans_of(connection: AsyncConnection, name: str, *, is_index: bool = False) -> int:
    """Return the number of scans until now; the connection must be in no transaction."""
    # The server counts what a session has done some time later, unless it is told to at once.
    await connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    found: int = (await connection.execute(_INDEX if is_index else _TABLE, {"name": name})).scalar_one()
    return found

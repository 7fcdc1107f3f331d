"""Statements that write many rows at once: one array for each column, so that one text serves any number of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


def rows_from(table: Table, *names: str, prefix: str = "") -> str:
    """Return the SQL of a table function `new`, which has a row for each place in the arrays of the named columns.

    With a `prefix` before the names of its parameters, several statements can be one.
    """
    arrays = ", ".join(f"CAST(:{prefix}{name} AS {table.c[name].type.compile(_DIALECT)}[])" for name in names)
    return f"unnest({arrays}) AS new ({', '.join(names)})"


def insert_rows(table: Table, *names: str, on_conflict: str = "DO NOTHING", prefix: str = "") -> TextClause:
    """Return the statement that inserts a row for each place in the arrays of the named columns."""
    columns, rows = ", ".join(names), rows_from(table, *names, prefix=prefix)
    return text(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {rows} ON CONFLICT {on_conflict}")  # noqa: S608 - names of our own tables


def arrays(rows: Sequence[Mapping[str, Any]], prefix: str = "") -> dict[str, list[Any]]:
    """Return the parameters of such a statement: a list for each column."""
    return {f"{prefix}{name}": [row[name] for row in rows] for name in rows[0]}

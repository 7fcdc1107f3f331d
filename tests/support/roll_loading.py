"""Imports of rolls into a test's database, and what they wrote."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from activities.roll_import.fictional_roll import write
from activities.roll_import.lines import Column
from activities.roll_import.load_roll import RollImport
from activities.roll_import.order import Order
from activities.roll_import.report import Totals
from activities.store.database import Database

PLAIN = Order()
Line = dict[Column, str]


@dataclass
class RollLoader:
    """Imports rolls into a database, with the CSV files in a directory."""

    roll_import: RollImport
    database: Database
    directory: Path

    async def load(self, lines: Iterable[Line], order: Order = PLAIN, *, activated: bool = False) -> Totals:
        """Write a roll of these lines and carry out an order on it."""
        out = io.StringIO()
        write(out, lines, activated=activated)
        return await self.load_bytes(out.getvalue().encode(), order)

    async def load_text(self, text: str) -> Totals:
        """Write a roll of this text and import it."""
        return await self.load_bytes(text.encode())

    async def load_bytes(self, content: bytes, order: Order = PLAIN) -> Totals:
        """Write a roll of these bytes and carry out an order on it."""
        path = self.directory / "roll.csv"
        path.write_bytes(content)
        return await self.roll_import.load(path, self.directory / "refused.csv", io.StringIO(), order)

    def refused(self) -> list[tuple[str, ...]]:
        """Return line number, column and reason of every line that the last import refused."""
        with (self.directory / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
            return [tuple(row) for row in csv.reader(file, delimiter=";")][1:]

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """Return every row of a table."""
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(select(table))).mappings()]

"""Imports first credentials from the roll's file, for tests and demonstrations."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from activities.accounts.roll import hash_of_identifier
from activities.roll_import.lines import RollLine
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.security.row_macs import RowMacs
from activities.store.database import Database
from activities.store.tables import activations, credentials

Values = dict[str, object]


class FirstCredentials:
    """Writes a first question, password, voting code and identifier for electors who never had one.

    An elector who had a credential of a kind, even an ended one, gets no other: a second import never restores what
    a recovery has replaced.
    """

    def __init__(self, database: Database, keyed: KeyedHash, slow: SlowHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._slow = slow
        self._now = now

    async def write(self, electors: Mapping[str, RollLine]) -> None:
        """Write the missing credentials of electors, given by their id; slow hashes are made outside any transaction."""
        ids = [
            each
            for each, line in electors.items()
            if line.question or line.password or _has_printed_credential(line)
        ]
        if not ids:
            return
        had = await self._had(ids)
        missing = [(each, electors[each]) for each in ids]
        questions = [self._question(*each) for each in missing if each[1].question and (each[0], "") not in had]
        passwords = [
            self._password(*each) for each in missing if each[1].password and (each[0], "password") not in had
        ]
        codes = [
            self._voting_code(*each)
            for each in missing
            if each[1].voting_code and (each[0], "voting_code") not in had
        ]
        numbers = [
            self._identifier(*each)
            for each in missing
            if each[1].identifier and (each[0], "identifier") not in had
        ]
        await self._insert(activations, await asyncio.gather(*questions))
        await self._insert(credentials, [*await asyncio.gather(*passwords), *codes, *numbers])

    async def _had(self, ids: list[str]) -> set[tuple[str, str]]:
        """Return (elector, kind) of every credential there ever was; the kind of a question is empty."""
        activated = select(activations.c.elector_id).where(activations.c.elector_id.in_(ids))
        issued = select(credentials.c.elector_id, credentials.c.kind).where(credentials.c.elector_id.in_(ids))
        async with self._database.reading() as connection:
            questions = {(each, "") for each in (await connection.execute(activated)).scalars()}
            return questions | {(row.elector_id, row.kind) for row in await connection.execute(issued)}

    async def _question(self, elector_id: str, line: RollLine) -> Values:
        return {
            "elector_id": elector_id,
            "question": line.question,
            "answer_hash": await self._slow.make(Chosen.ANSWER, elector_id, line.answer),
            "activated_at": self._now(),
        }

    async def _password(self, elector_id: str, line: RollLine) -> Values:
        hashed = await self._slow.make(Chosen.PASSWORD, elector_id, line.password)
        return self._credential(elector_id, "password", hashed)

    def _voting_code(self, elector_id: str, line: RollLine) -> Values:
        hashed = self._keyed.hash("voting_code", elector_id, line.voting_code)
        return self._credential(elector_id, "voting_code", hashed)

    def _identifier(self, elector_id: str, line: RollLine) -> Values:
        hashed = hash_of_identifier(self._keyed, line.identifier)
        mac = RowMacs(self._keyed).identifier(elector_id, hashed)
        return self._credential(elector_id, "identifier", hashed, mac)

    def _credential(self, elector_id: str, kind: str, hashed: str, mac: str = "") -> Values:
        return {
            "id": f"roll-{kind}-{elector_id}",
            "elector_id": elector_id,
            "kind": kind,
            "hash": hashed,
            "mac": mac,
            "issued_at": self._now(),
        }

    async def _insert(self, table: Table, rows: list[Values]) -> None:
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _has_printed_credential(line: RollLine) -> str:
    return line.voting_code or line.identifier

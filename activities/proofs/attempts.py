"""Tries counted per elector (or per typed identifier), in the database: limits hold across processes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import attempts
from election.attempts import AttemptRules

_NAMED = 48  # characters of a name that are kept
_HERE = (attempts.c.subject == bindparam("of")) & (attempts.c.scope == bindparam("at"))
_COUNT = update(attempts).where(_HERE)
_CLEAR = delete(attempts).where(_HERE)
_FORGET = _CLEAR.returning(attempts.c.failures)
_FAILURES = select(attempts.c.failures).where(_HERE)
_SHUT = select(attempts.c.refused_until).where(_HERE, attempts.c.refused_until > bindparam("now"))


class AttemptScope(StrEnum):
    """What the tries are made at; a door that is paused leaves the others open."""

    RECOVERY = "recovery"
    VOTE = "vote"
    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 - the name of a door
    SUPPORT = "support"
    IDENTIFIER = "identifier"
    IDENTIFIER_AND_PASSWORD = "identifier_and_password"  # noqa: S105 - the name of a scope


@dataclass(frozen=True)
class Try:
    """One try at a door; `id` is the same when it is run again."""

    subject: str
    scope: AttemptScope
    id: str


class Attempts:
    """Counts tries before their proof is looked at, so that many at once cannot outrun the count."""

    def __init__(self, database: Database, rules: AttemptRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now
        # One statement makes the row or locks the one that is there: between two of them, a success
        # could delete it.
        made = database.insert(attempts)
        locked = made.on_conflict_do_update(
            index_elements=["subject", "scope"], set_={"scope": made.excluded.scope}
        )
        self._lock = locked.returning(attempts)

    async def count(self, attempt: Try) -> datetime | None:
        """Count a try as failed and return None, or return until when this door stays shut.

        A try that is refused here is not counted, nor is one that was counted already.
        """
        now = self._now()
        async with self._database.writing() as connection:
            row = await self._locked(connection, attempt, now)
            if row.last_try == attempt.id:
                return None
            if row.refused_until > now:
                refused_until: datetime = row.refused_until
                return refused_until
            failures = row.failures + 1
            counted = {
                "failures": failures,
                "refused_until": now + self._rules.wait_after(failures),
                "last_try": attempt.id,
            }
            await connection.execute(_COUNT, {**_here(attempt.subject, attempt.scope), **counted})
            return None

    async def count_named(self, attempt: Try) -> datetime | None:
        """Do the same for a try that was named by whoever makes it: it is the same again within a minute only.

        A second click is free, and a form that is sent again and again is counted.
        """
        named = f"{attempt.id[:_NAMED]}:{self._now():%d%H%M}"
        return await self.count(replace(attempt, id=named))

    async def shut_until(self, subject: str, scope: AttemptScope) -> datetime | None:
        """Return until when a door stays shut, or None when a try would be looked at; nothing is counted."""
        asked = {**_here(subject, scope), "now": self._now()}
        async with self._database.reading() as connection:
            until: datetime | None = (await connection.execute(_SHUT, asked)).scalar_one_or_none()
        return until

    async def clear(self, attempt: Try) -> None:
        """Forget the failures at a door: the proof was right."""
        async with self._database.writing() as connection:
            await connection.execute(_CLEAR, _here(attempt.subject, attempt.scope))

    async def full(self, subject: str, scope: AttemptScope) -> bool:
        """Say whether a door took so many failures in a row that time no longer opens it."""
        async with self._database.reading() as connection:
            failures = (await connection.execute(_FAILURES, _here(subject, scope))).scalar_one_or_none() or 0
        return bool(failures >= self._rules.most)

    async def forget(self, connection: AsyncConnection, subject: str, scope: AttemptScope) -> int:
        """Forget the failures at a door in the caller's transaction; return how many there were."""
        forgotten = await connection.execute(_FORGET, _here(subject, scope))
        return forgotten.scalar_one_or_none() or 0

    async def _locked(self, connection: AsyncConnection, attempt: Try, now: datetime) -> Row[Any]:
        first = {
            "subject": attempt.subject,
            "scope": attempt.scope,
            "failures": 0,
            "refused_until": now,
            "last_try": "",
        }
        return (await connection.execute(self._lock, first)).one()


def _here(subject: str, scope: AttemptScope) -> dict[str, Any]:
    return {"of": subject, "at": scope}

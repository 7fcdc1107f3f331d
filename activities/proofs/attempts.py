"""Attempts counted per elector (or per typed identifier) in the database, so that limits hold across processes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.proofs.judgement import Judgement
from activities.store.database import Database
from activities.store.tables import attempts
from election.attempts import AttemptRules
from election.verdicts import Verdict

_FORM_ID_LENGTH = 48  # characters of a form's id that are kept
_HERE = (attempts.c.subject == bindparam("of")) & (attempts.c.scope == bindparam("at"))
_COUNT = update(attempts).where(_HERE)
_CLEAR = delete(attempts).where(_HERE).returning(attempts.c.failures)
_FAILURES = select(attempts.c.failures).where(_HERE)
_PAUSED = select(attempts.c.paused_until).where(_HERE, attempts.c.paused_until > bindparam("now"))


class AttemptScope(StrEnum):
    """What an attempt is made at; each scope is counted and paused apart from the others."""

    RECOVERY = "recovery"
    VOTE = "vote"
    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 - the name of a scope
    SUPPORT = "support"
    IDENTIFIER = "identifier"
    IDENTIFIER_AND_PASSWORD = "identifier_and_password"  # noqa: S105 - the name of a scope


@dataclass(frozen=True)
class Attempt:
    """One attempt; `id` is the same when it is run again."""

    subject: str
    scope: AttemptScope
    id: str


class Attempts:
    """Counts an attempt before its proof is looked at, so that many at once cannot outrun the count."""

    def __init__(self, database: Database, rules: AttemptRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now
        # One statement inserts the row or locks the existing one: between two statements, a success
        # could delete it.
        insert = database.insert(attempts)
        locked = insert.on_conflict_do_update(
            index_elements=["subject", "scope"], set_={"scope": insert.excluded.scope}
        )
        self._lock = locked.returning(attempts)

    async def judge(
        self,
        attempt: Attempt,
        is_right: Callable[[], Awaitable[bool]],
        *,
        wrong: Verdict = Verdict.WRONG_PROOF,
        clears: bool = True,
    ) -> Judgement:
        """Return TAKEN when `is_right` does, `wrong` when it does not, PAUSED when it was not asked.

        A wrong attempt counts as a failure. A right one deletes the failures, unless the caller `clears` them
        later in the transaction that takes the proof.
        """
        paused_until = await self.count(attempt)
        if paused_until is not None:
            return Judgement(Verdict.PAUSED, paused_until)
        if not await is_right():
            return Judgement(wrong)
        if clears:
            await self.clear(attempt)
        return Judgement(Verdict.TAKEN)

    async def count(self, attempt: Attempt) -> datetime | None:
        """Count an attempt as failed and return None, or return until when attempts are refused.

        A refused attempt is not counted, nor is one that was counted already.
        """
        now = self._now()
        async with self._database.writing() as connection:
            row = await self._locked(connection, attempt, now)
            if row.last_attempt_id == attempt.id:
                return None
            if row.paused_until > now:
                paused_until: datetime = row.paused_until
                return paused_until
            failures = row.failures + 1
            counted = {
                "failures": failures,
                "paused_until": now + self._rules.wait_after(failures),
                "last_attempt_id": attempt.id,
            }
            await connection.execute(_COUNT, {**_here(attempt.subject, attempt.scope), **counted})
            return None

    async def count_named(self, attempt: Attempt) -> datetime | None:
        """Do as `count`, for an attempt whose id the browser chose: the same id counts again after a minute.

        A double click is counted once, a form that is sent over and over is counted every minute.
        """
        minute = f"{attempt.id[:_FORM_ID_LENGTH]}:{self._now():%d%H%M}"
        return await self.count(replace(attempt, id=minute))

    async def paused_until(self, subject: str, scope: AttemptScope) -> datetime | None:
        """Return until when attempts are refused, or None when one would be looked at; nothing is counted."""
        asked = {**_here(subject, scope), "now": self._now()}
        async with self._database.reading() as connection:
            until: datetime | None = (await connection.execute(_PAUSED, asked)).scalar_one_or_none()
        return until

    async def clear(self, attempt: Attempt) -> None:
        """Delete the failures of an attempt's scope: its proof was right."""
        async with self._database.writing() as connection:
            await self.forget(connection, attempt.subject, attempt.scope)

    async def is_full(self, subject: str, scope: AttemptScope) -> bool:
        """Return whether there were so many failures in a row that waiting no longer helps."""
        async with self._database.reading() as connection:
            failures = (await connection.execute(_FAILURES, _here(subject, scope))).scalar_one_or_none() or 0
        return bool(failures >= self._rules.most)

    async def forget(self, connection: AsyncConnection, subject: str, scope: AttemptScope) -> int:
        """Delete the failures of a scope in the caller's transaction; return how many there were."""
        deleted = await connection.execute(_CLEAR, _here(subject, scope))
        return deleted.scalar_one_or_none() or 0

    async def _locked(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> Row[Any]:
        first = {
            "subject": attempt.subject,
            "scope": attempt.scope,
            "failures": 0,
            "paused_until": now,
            "last_attempt_id": "",
        }
        locked: Row[Any] = (await connection.execute(self._lock, first)).one()
        return locked


def _here(subject: str, scope: AttemptScope) -> dict[str, Any]:
    return {"of": subject, "at": scope}

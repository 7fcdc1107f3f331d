"""Attempts counted per elector (or per typed identifier) in the database, so that limits hold across processes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.proofs.judgement import Judgement
from activities.store.database import Database
from activities.store.tables import attempts
from election.attempts import AttemptRules
from election.verdicts import Verdict

_FORM_ID_LENGTH = 48  # characters of a form's id that are kept
_OF_SCOPE = (attempts.c.subject == bindparam("of_subject")) & (attempts.c.scope == bindparam("of_scope"))
_COUNT = update(attempts).where(_OF_SCOPE)
_RESET = delete(attempts).where(_OF_SCOPE).returning(attempts.c.failures)
_FAILURES = select(attempts.c.failures).where(_OF_SCOPE)
_PAUSED = select(attempts.c.paused_until).where(_OF_SCOPE, attempts.c.paused_until > bindparam("now"))


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
    """One attempt; a retry by Temporal has the same `id` and is not counted again."""

    subject: str
    scope: AttemptScope
    id: str


class Attempts:
    """Counts each attempt as failed before its proof is compared, so that parallel attempts cannot exceed the limit."""

    def __init__(self, database: Database, rules: AttemptRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now
        # One statement inserts the row or locks the existing one: between two statements, a success
        # could delete it.
        statement = insert(attempts)
        locked = statement.on_conflict_do_update(
            index_elements=["subject", "scope"], set_={"scope": statement.excluded.scope}
        )
        self._lock = locked.returning(attempts)

    async def judge(
        self,
        attempt: Attempt,
        is_right: Callable[[], Awaitable[bool]],
        *,
        wrong: Verdict = Verdict.WRONG_PROOF,
        resets: bool = True,
    ) -> Judgement:
        """Return TAKEN when `is_right` returns True, `wrong` when False, and PAUSED without calling it while attempts are paused.

        A wrong attempt counts as a failure. A right one deletes the failures, unless the caller `resets` them
        later in the transaction that takes the proof.
        """
        paused_until = await self.count(attempt)
        if paused_until is not None:
            return Judgement(Verdict.PAUSED, paused_until)
        if not await is_right():
            return Judgement(wrong)
        if resets:
            await self.reset(attempt)
        return Judgement(Verdict.ACCEPTED)

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
            await connection.execute(_COUNT, {**_of_scope(attempt.subject, attempt.scope), **counted})
            return None

    async def count_once_a_minute(self, attempt: Attempt) -> datetime | None:
        """Do as `count`, for an attempt whose id the browser chose: the same id is counted once a minute.

        So a double click is one attempt, and a script that always sends the same id is still counted.
        """
        minute = f"{attempt.id[:_FORM_ID_LENGTH]}:{self._now():%d%H%M}"
        return await self.count(replace(attempt, id=minute))

    async def paused_until(self, subject: str, scope: AttemptScope) -> datetime | None:
        """Return until when attempts are refused, or None when they are not paused; nothing is counted."""
        asked = {**_of_scope(subject, scope), "now": self._now()}
        async with self._database.reading() as connection:
            until: datetime | None = (await connection.execute(_PAUSED, asked)).scalar_one_or_none()
        return until

    async def reset(self, attempt: Attempt) -> None:
        """Delete the failures of an attempt's scope: its proof was right."""
        async with self._database.writing() as connection:
            await self.reset_within(connection, attempt.subject, attempt.scope)

    async def is_locked_out(self, subject: str, scope: AttemptScope) -> bool:
        """Return whether there were so many failures in a row that waiting no longer helps."""
        async with self._database.reading() as connection:
            failures = (await connection.execute(_FAILURES, _of_scope(subject, scope))).scalar_one_or_none() or 0
        return bool(failures >= self._rules.max_failures)

    async def reset_within(self, connection: AsyncConnection, subject: str, scope: AttemptScope) -> int:
        """Delete the failures of a scope in the caller's transaction; return how many there were."""
        deleted = await connection.execute(_RESET, _of_scope(subject, scope))
        return deleted.scalar_one_or_none() or 0

    async def _locked(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> Row[Any]:
        new_row = {
            "subject": attempt.subject,
            "scope": attempt.scope,
            "failures": 0,
            "paused_until": now,
            "last_attempt_id": "",
        }
        locked: Row[Any] = (await connection.execute(self._lock, new_row)).one()
        return locked


def _of_scope(subject: str, scope: AttemptScope) -> dict[str, Any]:
    return {"of_subject": subject, "of_scope": scope}

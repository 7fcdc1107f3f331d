"""Attempts counted per elector (or per typed identifier) in the database, so that limits hold across processes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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

_OF_SCOPE = (attempts.c.subject == bindparam("of_subject")) & (attempts.c.scope == bindparam("of_scope"))
_COUNT = update(attempts).where(_OF_SCOPE)
_RESET = delete(attempts).where(_OF_SCOPE).returning(attempts.c.failures)
_FAILURES = select(attempts.c.failures).where(_OF_SCOPE)
_THIS_ATTEMPT = _OF_SCOPE & (attempts.c.last_attempt_id == bindparam("attempt"))
_FAILURES_AT = select(attempts.c.failures).where(_THIS_ATTEMPT)
_FORGIVE = (
    update(attempts)
    .where(_THIS_ATTEMPT, attempts.c.failures > 0)
    # Without the id the same request is counted anew, and forgiven, if it comes again.
    .values(failures=attempts.c.failures - 1, paused_until=bindparam("now"), last_attempt_id="")
)
# Of counts without pauses `paused_until` is the instant of the last failure.
FORGOTTEN_AFTER = timedelta(days=1)
_FORGET = delete(attempts).where(_OF_SCOPE, attempts.c.paused_until <= bindparam("before"))
_RECENT_FAILURES = select(attempts.c.failures).where(_OF_SCOPE, attempts.c.paused_until > bindparam("before"))
_KEEP = update(attempts).where(_OF_SCOPE).values(paused_until=bindparam("now"))
_UNCOUNT = update(attempts).where(_OF_SCOPE, attempts.c.failures > 0).values(failures=attempts.c.failures - 1)
_PAUSED = select(attempts.c.paused_until).where(_OF_SCOPE, attempts.c.paused_until > bindparam("now"))


class AttemptScope(StrEnum):
    """What an attempt is made at; each scope is counted and paused apart from the others."""

    RECOVERY = "recovery"
    VOTE = "vote"
    SIGN_IN = "sign_in"
    SIGN_IN_CODE = "sign_in_code"
    PASSWORD = "password"  # noqa: S105 - the name of a scope
    SUPPORT = "support"
    IDENTIFIER = "identifier"
    IDENTIFIER_SIGNED_IN = "identifier_signed_in"
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
        self._first = statement.on_conflict_do_nothing().returning(attempts.c.failures)
        self._add = statement.on_conflict_do_update(
            index_elements=["subject", "scope"], set_={"failures": attempts.c.failures + 1}
        ).returning(attempts.c.failures)

    async def judge(
        self,
        attempt: Attempt,
        is_right: Callable[[], Awaitable[bool]],
        *,
        wrong: Verdict = Verdict.WRONG_PROOF,
        resets: bool = True,
    ) -> Judgement:
        """Return ACCEPTED when `is_right` returns True, `wrong` when False; PAUSED or LOCKED without calling it while attempts are paused.

        A wrong attempt counts as a failure. A right one deletes the failures, unless the caller `resets` them
        later in the transaction that takes the proof.
        """
        paused_until = await self.count(attempt)
        if paused_until is not None:
            return self._refused(paused_until)
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
        counted = {"failures": 1, "paused_until": now + self._rules.wait_after(1), "last_attempt_id": attempt.id}
        async with self._database.single_statements() as connection:
            if (await connection.execute(self._first, {**_new_row(attempt, now), **counted})).first():
                return None
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
        """Do as `count`, for an attempt whose id comes from a form: the same id is counted once a minute.

        So a double click is one attempt, and a script that always sends the same id is still counted.
        """
        minute = f"{attempt.id}:{self._now():%d%H%M}"
        return await self.count(replace(attempt, id=minute))

    async def count_without_pause(self, attempt: Attempt) -> int:
        """Count an attempt as failed, whatever the waits are, and return how many failures there are since the last quiet day.

        The caller says with `settle_count` whether it did fail.
        """
        now = self._now()
        forgotten = {**_of_scope(attempt.subject, attempt.scope), "before": now - FORGOTTEN_AFTER}
        async with self._database.writing() as connection:
            await connection.execute(_FORGET, forgotten)
            counted = await connection.execute(self._add, {**_new_row(attempt, now), "failures": 1})
            failures: int = counted.scalar_one()
        return failures

    async def settle_count(self, attempt: Attempt, *, failed: bool) -> None:
        """Keep a counted failure, for a day from now; or uncount an attempt that was right.

        A right attempt leaves no trace: otherwise strangers would learn when somebody signs in, and so who is on the roll.
        """
        statement = _KEEP if failed else _UNCOUNT
        async with self._database.writing() as connection:
            await connection.execute(statement, {**_of_scope(attempt.subject, attempt.scope), "now": self._now()})

    async def recent_failures(self, subject: str, scope: AttemptScope) -> int:
        """Return how many failures there are since the last quiet day; nothing is counted."""
        asked = {**_of_scope(subject, scope), "before": self._now() - FORGOTTEN_AFTER}
        async with self._database.reading() as connection:
            return (await connection.execute(_RECENT_FAILURES, asked)).scalar_one_or_none() or 0

    async def failures(self, subject: str, scope: AttemptScope) -> int:
        """Return how many failures in a row there are; nothing is counted."""
        async with self._database.reading() as connection:
            return (await connection.execute(_FAILURES, _of_scope(subject, scope))).scalar_one_or_none() or 0

    async def paused_until(self, subject: str, scope: AttemptScope) -> datetime | None:
        """Return until when attempts are refused, or None when they are not paused; nothing is counted."""
        asked = {**_of_scope(subject, scope), "now": self._now()}
        async with self._database.reading() as connection:
            until: datetime | None = (await connection.execute(_PAUSED, asked)).scalar_one_or_none()
        return until

    async def refusal(self, subject: str, scope: AttemptScope) -> Judgement | None:
        """Return PAUSED or LOCKED with the end of the pause, or None when attempts are accepted; nothing is counted."""
        until = await self.paused_until(subject, scope)
        return self._refused(until) if until else None

    def _refused(self, until: datetime) -> Judgement:
        is_locked = self._rules.locks and until - self._now() > self._rules.longest_wait
        return Judgement(Verdict.LOCKED if is_locked else Verdict.PAUSED, until)

    async def failures_at(self, connection: AsyncConnection, attempt: Attempt) -> int:
        """Return how many failures in a row there were with this attempt, or 0 when another attempt came since."""
        asked = {**_of_scope(attempt.subject, attempt.scope), "attempt": attempt.id}
        return (await connection.execute(_FAILURES_AT, asked)).scalar_one_or_none() or 0

    async def forgive_within(self, connection: AsyncConnection, attempt: Attempt) -> None:
        """Uncount an attempt in the caller's transaction: its proof was right, but its request is refused."""
        asked = {**_of_scope(attempt.subject, attempt.scope), "attempt": attempt.id, "now": self._now()}
        await connection.execute(_FORGIVE, asked)

    async def reset(self, attempt: Attempt) -> None:
        """Delete the failures of an attempt's scope: its proof was right."""
        async with self._database.writing() as connection:
            await self.reset_within(connection, attempt.subject, attempt.scope)

    async def reset_within(self, connection: AsyncConnection, subject: str, scope: AttemptScope) -> int:
        """Delete the failures of a scope in the caller's transaction; return how many there were."""
        deleted = await connection.execute(_RESET, _of_scope(subject, scope))
        return deleted.scalar_one_or_none() or 0

    async def reset_all(self, connection: AsyncConnection, scope: AttemptScope, at_least: int = 1) -> int:
        """Delete all counts of a scope with `at_least` so many failures, in the caller's transaction; return how many."""
        many = delete(attempts).where(attempts.c.scope == scope, attempts.c.failures >= at_least)
        return (await connection.execute(many)).rowcount

    async def _locked(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> Row[Any]:
        locked: Row[Any] = (await connection.execute(self._lock, _new_row(attempt, now))).one()
        return locked


def _new_row(attempt: Attempt, now: datetime) -> dict[str, Any]:
    return {
        "subject": attempt.subject,
        "scope": attempt.scope,
        "failures": 0,
        "paused_until": now,
        "last_attempt_id": "",
    }


def _of_scope(subject: str, scope: AttemptScope) -> dict[str, Any]:
    return {"of_subject": subject, "of_scope": scope}

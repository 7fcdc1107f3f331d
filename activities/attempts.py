"""Tries counted per elector (or per typed identifier), in the database: limits hold across processes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update

from activities.store.database import Database
from activities.store.tables import attempts
from election.attempts import AttemptRules


class Door(StrEnum):
    """What the tries are made at; a door that is paused leaves the others open."""

    RECOVERY = "recovery"
    VOTE = "vote"
    SIGN_IN = "sign_in"


@dataclass(frozen=True)
class Try:
    """One try at a door; `id` is the same when it is run again."""

    subject: str
    door: Door
    id: str


class Attempts:
    """Counts tries before their proof is looked at, so that many at once cannot outrun the count."""

    def __init__(self, database: Database, rules: AttemptRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def count(self, attempt: Try) -> datetime | None:
        """Count a try as failed and return None, or return until when this door stays shut.

        A try that is refused here is not counted, nor is one that was counted already.
        """
        now = self._now()
        here = (attempts.c.subject == attempt.subject) & (attempts.c.door == attempt.door)
        first = {
            "subject": attempt.subject,
            "door": attempt.door,
            "failures": 0,
            "refused_until": now,
            "last_try": "",
        }
        async with self._database.writing() as connection:
            await connection.execute(self._database.insert(attempts).values(first).on_conflict_do_nothing())
            row = (await connection.execute(select(attempts).where(here).with_for_update())).one()
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
            await connection.execute(update(attempts).where(here).values(counted))
            return None

    async def clear(self, attempt: Try) -> None:
        """Forget the failures at a door: the proof was right."""
        here = (attempts.c.subject == attempt.subject) & (attempts.c.door == attempt.door)
        async with self._database.writing() as connection:
            await connection.execute(delete(attempts).where(here))

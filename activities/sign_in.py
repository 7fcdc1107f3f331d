"""Signing in: identifier, then password; the same answer and the same time for unknown electors."""

import secrets

from sqlalchemy import select

from activities.attempts import Attempts, Door, Try
from activities.credentials import Kind
from activities.roll import Claimant
from activities.security.hashing import SlowHash
from activities.store.database import Database
from activities.store.tables import credentials
from activities.verification import Judgement
from election.verdicts import Verdict


class SignIn:
    """Checks passwords; tries are counted by what was typed, known to the roll or not."""

    def __init__(self, database: Database, slow: SlowHash, attempts: Attempts) -> None:
        self._database = database
        self._slow = slow
        self._attempts = attempts

    async def check(self, claimant: Claimant, password: str) -> Judgement:
        """Return TAKEN when the password is this elector's, else WRONG_PROOF or PAUSED."""
        attempt = Try(claimant.subject, Door.SIGN_IN, secrets.token_hex(16))
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        query = select(credentials.c.hash).where(
            credentials.c.elector_id == (claimant.elector_id or ""),
            credentials.c.kind == Kind.PASSWORD,
            credentials.c.ended_at.is_(None),
        )
        async with self._database.reading() as connection:
            known = (await connection.execute(query)).scalar_one_or_none()
        if not await self._slow.matches(known, password):
            return Judgement(Verdict.WRONG_PROOF)
        await self._attempts.clear(attempt)
        return Judgement(Verdict.TAKEN)

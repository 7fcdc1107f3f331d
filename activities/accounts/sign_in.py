"""Signing in: identifier, then password; the same answer and the same time for unknown electors."""

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import Held, Kind, working
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Claimant
from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.judgement import Judgement
from activities.security.hashing import SlowHash
from activities.store.database import Database
from election import passwords
from election.verdicts import Verdict


class SignIn:
    """Checks passwords; tries are counted by what was typed, known to the roll or not.

    A browser that signed in before has a count of its own: whoever knows no more than the identifier
    can pause other strangers to it, never the elector's own browser.
    """

    def __init__(self, database: Database, slow: SlowHash, attempts: Attempts, browsers: KnownBrowsers) -> None:
        self._database = database
        self._slow = slow
        self._attempts = attempts
        self._browsers = browsers

    async def check(
        self, claimant: Claimant, password: str, browser: str = "", held: Held | None = None
    ) -> Judgement:
        """Return TAKEN when the password is this elector's, else WRONG_PROOF or PAUSED.

        `browser` is the proof that the browser keeps, if it has one; what is `held` is not looked up again.
        Success clears the count that the try was made on, and no other: an elector's sign-ins give a
        stranger no free tries.
        """
        attempt = Try(await self._subject(claimant, browser), AttemptScope.SIGN_IN, secrets.token_hex(16))
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        held = held or await self.held(claimant)
        if not await self._slow.matches(held.hash or None, passwords.normalise(password)):
            return Judgement(Verdict.WRONG_PROOF)
        await self._attempts.clear(attempt)
        return Judgement(Verdict.TAKEN)

    async def held(self, claimant: Claimant) -> Held:
        """Return the password that works; whoever signs in with it must hold it when the session is opened."""
        async with self._database.reading() as connection:
            return Held(Kind.PASSWORD, await working(connection, claimant.elector_id or "", Kind.PASSWORD) or "")

    def remember(self, claimant: Claimant) -> str:
        """Return the proof that a browser keeps which has just signed in."""
        return self._browsers.proof(claimant.subject)

    async def unlock(self, connection: AsyncConnection, claimant: Claimant) -> int:
        """Forget the strangers' wrong passwords in the caller's transaction; return how many there were.

        For an operator whom the elector has called, and for a password that was recovered.
        """
        return await self._attempts.forget(connection, claimant.subject, AttemptScope.SIGN_IN)

    async def _subject(self, claimant: Claimant, browser: str) -> str:
        own = self._browsers.counted_as(claimant.subject, browser)
        # A browser whose own count is full is a stranger again, and can be helped as one.
        if own is None or await self._attempts.is_full(own, AttemptScope.SIGN_IN):
            return claimant.subject
        return own

"""Checks the password of a sign-in, with the same answer and in the same time for unknown electors."""

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import CheckedCredential, Kind, active_hash
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Claimant
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.security.hashing import SlowHash
from activities.store.database import Database
from election import passwords


class SignIn:
    """Checks passwords; attempts are counted by the typed identifier, on the roll or not.

    A browser that has signed in before has a count of its own, so that wrong passwords from other browsers
    cannot pause it.
    """

    def __init__(self, database: Database, slow: SlowHash, attempts: Attempts, browsers: KnownBrowsers) -> None:
        self._database = database
        self._slow = slow
        self._attempts = attempts
        self._browsers = browsers

    async def check(
        self, claimant: Claimant, password: str, browser: str = "", checked: CheckedCredential | None = None
    ) -> Judgement:
        """Return TAKEN when the password is this elector's, else WRONG_PROOF or PAUSED.

        `browser` is the device cookie, if there is one; a credential that is passed as `checked` is not read again. Success
        deletes the failures of this browser's count only: an elector's sign-ins give others no free attempts.
        """
        attempt = Attempt(await self._subject(claimant, browser), AttemptScope.SIGN_IN, secrets.token_hex(16))

        async def is_right() -> bool:
            known = (checked or await self.password_credential(claimant)).hash or None
            return await self._slow.matches(known, passwords.normalise(password))

        return await self._attempts.judge(attempt, is_right)

    async def password_credential(self, claimant: Claimant) -> CheckedCredential:
        """Return the active password's hash, which `Sessions.open` compares again before it opens a session."""
        async with self._database.reading() as connection:
            return CheckedCredential(
                Kind.PASSWORD, await active_hash(connection, claimant.elector_id or "", Kind.PASSWORD) or ""
            )

    def remember(self, claimant: Claimant) -> str:
        """Return the device cookie for a browser that has just signed in."""
        return self._browsers.cookie_for(claimant.subject)

    async def unlock(self, connection: AsyncConnection, claimant: Claimant) -> int:
        """Delete the failures from unknown browsers in the caller's transaction; return how many there were.

        For an operator whom the elector has called, and for a password that was recovered.
        """
        return await self._attempts.reset_within(connection, claimant.subject, AttemptScope.SIGN_IN)

    async def _subject(self, claimant: Claimant, browser: str) -> str:
        own = self._browsers.attempt_subject(claimant.subject, browser)
        # A browser whose own count is full is counted as unknown, so that an operator can unlock it.
        if own is None or await self._attempts.is_locked_out(own, AttemptScope.SIGN_IN):
            return claimant.subject
        return own

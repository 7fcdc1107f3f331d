"""Checks the password of a sign-in, with the same answer and in the same time for unknown electors."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import CheckedCredential, Kind, active_hash
from activities.accounts.failure_alarm import FailureAlarm
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Claimant
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.proofs.rates import Rates
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.store.database import Database
from election import passwords
from election.attempts import SignInAttemptRules
from election.settings import Election
from election.shapes import GeneratedPasswordShape
from election.verdicts import Verdict

# The only change that the web may make to a credential: see grants.sql.
_RENEW_HASH = text("SELECT renew_password_hash(:elector, :old, :new)")


@dataclass(frozen=True)
class PasswordJudgement(Judgement):
    """The judgement of a password.

    With CODE_NEEDED `is_right` says whether it was this elector's, which no answer to a voter may tell.
    """

    is_right: bool = False


class SignIn:
    """Checks passwords; attempts are counted by the typed identifier, on the roll or not.

    A browser that has signed in with this password before has a count of its own, with pauses. All others share one without
    pauses: once it has `free_failures`, no password signs in by itself, and a code is needed as well (`SignInCodes`),
    until a day has passed without a failure.

    A password is judged as it was typed and, if it is in the groups in which a generated one is shown (`shape`), without
    what separates them: one counted try, and as much work for everyone who types the same.
    """

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        attempts: Attempts,
        rules: SignInAttemptRules,
        shape: GeneratedPasswordShape,
        browsers: KnownBrowsers,
        alarm: FailureAlarm,
    ) -> None:
        self._database = database
        self._slow = slow
        self._attempts = attempts
        self._rules = rules
        self._shape = shape
        self._browsers = browsers
        self._alarm = alarm

    async def check(
        self, claimant: Claimant, password: str, browser: str = "", checked: CheckedCredential | None = None
    ) -> PasswordJudgement:
        """Return ACCEPTED when the password is this elector's, else WRONG_PROOF; or PAUSED or CODE_NEEDED for both.

        `browser` is the device cookie, if there is one; a credential that is passed as `checked` is not read again. Success
        deletes the failures of a known browser's own count only: an elector's sign-ins give others no free attempts.
        """
        checked = checked or await self.password_credential(claimant)
        subject = await self._own_subject(claimant, browser, checked)
        if subject is None:
            judged = await self._check_unknown_browser(claimant, password, checked)
        else:
            attempt = Attempt(subject, AttemptScope.SIGN_IN, secrets.token_hex(16))
            known = await self._attempts.judge(attempt, lambda: self._matches(claimant, checked, password))
            judged = PasswordJudgement(known.verdict, known.until)
        if judged.verdict is not Verdict.ACCEPTED:  # also of a right one that needs a code: the same work
            await self.count_failure()
        return judged

    async def count_failure(self) -> None:
        """Count one refused sign-in for the alarm, which is raised by all electors' together."""
        await self._alarm.count()

    async def needs_code(self, claimant: Claimant, browser: str = "") -> bool:
        """Return whether the next password from this browser signs in with a mailed code only."""
        if await self._own_subject(claimant, browser, await self.password_credential(claimant)) is not None:
            return False
        failures = await self._attempts.recent_failures(claimant.subject, AttemptScope.SIGN_IN)
        return failures >= self._rules.free_failures

    async def password_credential(self, claimant: Claimant) -> CheckedCredential:
        """Return the active password's hash, which `Sessions.open` compares again before it opens a session."""
        async with self._database.reading() as connection:
            return CheckedCredential(
                Kind.PASSWORD, await active_hash(connection, claimant.elector_id or "", Kind.PASSWORD) or ""
            )

    async def renew_hash(self, claimant: Claimant, password: str, checked: CheckedCredential) -> CheckedCredential:
        """Return the credential of a password that was right, with a hash of today's parameters.

        It is the same as before when it has them, or when the password was replaced meanwhile.
        """
        right = None if self._slow.is_current(checked.hash) else await self._reading(claimant, checked, password)
        if right is None:
            return checked
        elector_id = claimant.elector_id or ""
        new = await self._slow.make(Chosen.PASSWORD, elector_id, right)
        async with self._database.writing() as connection:
            values = {"elector": elector_id, "old": checked.hash, "new": new}
            is_renewed = (await connection.execute(_RENEW_HASH, values)).scalar_one()
        return replace(checked, hash=new) if is_renewed else checked

    async def remember(self, claimant: Claimant) -> str:
        """Return the device cookie for a browser that has just signed in; it is of today's password."""
        checked = await self.password_credential(claimant)
        return self._browsers.cookie_for(claimant.subject, checked.hash)

    async def unlock(self, connection: AsyncConnection, subjects: Iterable[str]) -> int:
        """Delete the failures from unknown browsers in the caller's transaction; return how many there were.

        For an operator whom the elector has called; `subjects` are `Roll.subjects`. Nothing that electors do by themselves
        deletes them: strangers would see it, and learn who is on the roll.
        """
        failures = 0
        for subject in subjects:
            failures += await self._attempts.reset_within(connection, subject, AttemptScope.SIGN_IN)
        return failures

    async def unlock_all(self, connection: AsyncConnection) -> int:
        """Delete all counts that cause a pause or ask for a code, in the caller's transaction; return how many."""
        await self._attempts.reset_all(connection, AttemptScope.SIGN_IN_CODE)
        return await self._attempts.reset_all(connection, AttemptScope.SIGN_IN, self._rules.free_failures)

    async def _check_unknown_browser(
        self, claimant: Claimant, password: str, checked: CheckedCredential
    ) -> PasswordJudgement:
        attempt = Attempt(claimant.subject, AttemptScope.SIGN_IN, secrets.token_hex(16))
        failures = await self._attempts.count_without_pause(attempt)
        is_right = await self._matches(claimant, checked, password)
        await self._attempts.settle_count(attempt, failed=not is_right)
        if failures > self._rules.free_failures:
            return PasswordJudgement(Verdict.CODE_NEEDED, is_right=is_right)
        return PasswordJudgement(Verdict.ACCEPTED if is_right else Verdict.WRONG_PROOF, is_right=is_right)

    async def _matches(self, claimant: Claimant, checked: CheckedCredential, password: str) -> bool:
        return await self._reading(claimant, checked, password) is not None

    async def _reading(self, claimant: Claimant, checked: CheckedCredential, password: str) -> str | None:
        """Return the reading of a password that is right, in its normal form, or None.

        Each is verified, also after one was right: the work depends on what was typed alone.
        """
        hashed, elector_id = checked.hash or None, claimant.elector_id or ""
        readings = [passwords.normalise(password), self._shape.ungrouped(password)]
        right = [
            each
            for each in readings
            if each is not None and await self._slow.matches(hashed, Chosen.PASSWORD, elector_id, each)
        ]
        return right[0] if right else None

    async def _own_subject(self, claimant: Claimant, browser: str, checked: CheckedCredential) -> str | None:
        own = self._browsers.attempt_subject(claimant.subject, checked.hash, browser)
        if own is None:
            return None
        # With five failures of its own it is as a new browser, which needs a code and never waits.
        failures = await self._attempts.recent_failures(own, AttemptScope.SIGN_IN)
        return own if failures < self._rules.free_failures else None


def build_sign_in(
    database: Database, keyed: KeyedHash, slow: SlowHash, election: Election, now: Callable[[], datetime]
) -> SignIn:
    """Return the check of passwords, with the election's rules."""
    rules, alarm = election.sign_in_attempts, FailureAlarm(Rates(database, now), election.sign_in.alarm)
    attempts, shape = Attempts(database, rules.of_known_browser, now), election.generated_password
    return SignIn(database, slow, attempts, rules, shape, KnownBrowsers(keyed), alarm)

"""The check of passwords for tests, with a clock and rules of the test's own."""

from collections.abc import Callable
from datetime import datetime

from activities.accounts.failure_alarm import FailureAlarm
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.sign_in import SignIn
from activities.proofs.attempts import Attempts
from activities.proofs.rates import Rates
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.attempts import SignInAttemptRules
from election.rules.sign_in import FailureAlarm as AlarmRules
from election.shapes import GeneratedPasswordShape


def sign_in_of(
    database: Database,
    slow: SlowHash,
    keyed: KeyedHash,
    now: Callable[[], datetime],
    rules: SignInAttemptRules | None = None,
) -> SignIn:
    """Return the check of passwords; without `rules` those of the default election."""
    used, alarm = rules or SignInAttemptRules(), FailureAlarm(Rates(database, now), AlarmRules())
    attempts, shape = Attempts(database, used.of_known_browser, now), GeneratedPasswordShape()
    return SignIn(database, slow, attempts, used, shape, KnownBrowsers(keyed), alarm)

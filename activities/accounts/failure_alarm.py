"""Raises the alarm when the sign-ins of all electors together are refused unusually often."""

import structlog

from activities.proofs.rates import Rates
from election.rules.sign_in import FailureAlarm as AlarmRules

_log = structlog.get_logger(__name__)
_NAME = "sign-in-failures"


class FailureAlarm:
    """Counts refused sign-ins of all web processes; the log line has neither an identifier nor an address."""

    def __init__(self, rates: Rates, rules: AlarmRules) -> None:
        self._rates = rates
        self._rules = rules

    async def count(self) -> None:
        """Count one refused sign-in; the one that reaches the limit of a period logs `sign_in_failures_alarm`."""
        failures = await self._rates.add(_NAME, self._rules.period)
        if failures == self._rules.failures:
            _log.warning(
                "sign_in_failures_alarm",
                failures=failures,
                period_seconds=int(self._rules.period.total_seconds()),
            )

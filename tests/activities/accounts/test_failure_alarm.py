"""The alarm is raised when all electors' sign-ins together are refused unusually often."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from activities.accounts.failure_alarm import FailureAlarm
from activities.proofs.rates import Rates
from activities.store.database import Database
from election.rules.sign_in import FailureAlarm as AlarmRules
from tests.support.clock import Clock

RULES = AlarmRules(failures=4, period=timedelta(minutes=2))


async def test_the_alarm_is_raised_once_a_period(database: Database, database_url: str, now: Clock) -> None:
    """By whichever process counts the fourth failure of the period; the line has figures alone."""
    another = Database(database_url)
    alarms = [FailureAlarm(Rates(each, now), RULES) for each in (database, another)]
    with capture_logs() as logs:
        await asyncio.gather(*(alarms[number % 2].count() for number in range(9)))
    assert logs == [
        {"event": "sign_in_failures_alarm", "failures": 4, "period_seconds": 120, "log_level": "warning"}
    ]
    now.instant += timedelta(minutes=2)
    with capture_logs() as logs:
        for _ in range(4):
            await alarms[0].count()
    assert len(logs) == 1
    await another.close()


async def test_failures_of_two_periods_are_not_added(database: Database, now: Clock) -> None:
    """Three in one period and three in the next raise no alarm."""
    alarm = FailureAlarm(Rates(database, now), RULES)
    with capture_logs() as logs:
        for _ in range(2):
            for _ in range(3):
                await alarm.count()
            now.instant += RULES.period
    assert logs == []

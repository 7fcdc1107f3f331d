"""The terms of the recoveries in tests."""

from datetime import datetime, timedelta

from election.recovery_terms import RecoveryTerms
from tests.support.signing import KEYS


def scripted_terms(start: datetime, elector_id: str) -> RecoveryTerms:
    """Return the terms of an election whose requests close two days after `start`."""
    return RecoveryTerms(
        elector_id=elector_id,
        time_zone="Europe/Paris",
        requests_close=start + timedelta(days=2),
        links_expire=start + timedelta(days=2, minutes=30),
        sms_lifetime=timedelta(minutes=10),
        sms_max_lifetime=timedelta(hours=1),
        email_lifetime=timedelta(hours=24),
        late_after=timedelta(minutes=2),
        retry_for=timedelta(minutes=5),
        max_sends=8,
        between_sends=timedelta(seconds=60),
        display_window=timedelta(seconds=120),
        keys=KEYS,
    )

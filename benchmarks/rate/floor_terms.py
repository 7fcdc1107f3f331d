"""The floor's terms and its key pairs: its workflows verify signatures, as those of voters do."""

from datetime import UTC, datetime, timedelta

from activities.security.signatures import SigningKey
from election.recovery_terms import PublicKeys, RecoveryTerms

# How long a code is shown, on the floor and by the demo beside it: short, so that each recovery ends within its run.
WINDOW = timedelta(seconds=5)
WEB, MESSAGING = SigningKey(b"w" * 32), SigningKey(b"m" * 32)


def floor_terms(elector_id: str = "") -> RecoveryTerms:
    """Return the terms that a judgement on the floor brings."""
    later = datetime.now(UTC) + timedelta(days=7)
    return RecoveryTerms(
        elector_id=elector_id,
        time_zone="Europe/Paris",
        requests_close=later,
        links_expire=later,
        sms_lifetime=timedelta(minutes=10),
        sms_max_lifetime=timedelta(hours=1),
        email_lifetime=timedelta(hours=24),
        late_after=timedelta(minutes=1),
        retry_for=timedelta(hours=1),
        max_sends=8,
        between_sends=timedelta(minutes=1),
        display_window=WINDOW,
        keys=PublicKeys(WEB.public_key, MESSAGING.public_key),
    )

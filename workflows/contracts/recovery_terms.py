"""The terms of a recovery, taken from the election's settings."""

from datetime import timedelta

from election.procedures import Procedure
from election.settings import Election
from workflows.contracts.messages import RecoveryTerms

_DAY = timedelta(days=1)
_UNLIMITED = timedelta(days=3650)  # longer than any election: the links' expiry date comes first


def terms_of(election: Election, procedure: Procedure, elector_id: str) -> RecoveryTerms:
    """Return the deadlines and limits with which an elector's recovery starts; `elector_id` may be empty."""
    is_2011, period = procedure is Procedure.IDENTIFIER_AND_PASSWORD, election.calendar.period_of(procedure)
    # 2011: a link expires on a fixed date, whenever it was sent. The recovery may stay open for weeks, so the limit
    # of sends is multiplied by the days; other recoveries last about one day.
    days = (election.calendar.links_expire - period.opens) // _DAY + 1 if is_2011 else 1
    window = election.identifier_and_password_recovery if is_2011 else election.voting_code_recovery
    return RecoveryTerms(
        elector_id=elector_id,
        election=election.id,
        time_zone=election.time_zone,
        requests_close=period.closes,
        links_expire=election.calendar.links_expire,
        sms_lifetime=election.links.sms_lifetime,
        sms_max_lifetime=election.links.sms_max_lifetime,
        email_lifetime=_UNLIMITED if is_2011 else election.links.email_lifetime,
        late_after=election.delivery.late_after,
        retry_for=election.delivery.retry_for,
        max_sends=election.delivery.max_sends * days,
        between_sends=election.delivery.between_sends,
        display_window=window.display_window,
    )

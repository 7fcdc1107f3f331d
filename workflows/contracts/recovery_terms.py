"""The terms of a recovery, as the election's file has them."""

from datetime import timedelta

from election.procedures import Procedure
from election.settings import Election
from workflows.contracts.messages import RecoveryTerms

_DAY = timedelta(days=1)
_FOR_EVER = timedelta(days=3650)  # longer than any election: the date on which links die is the first to come


def terms_of(election: Election, procedure: Procedure, subject: str) -> RecoveryTerms:
    """Return the deadlines and limits under which a subject's recovery starts."""
    both, closes = procedure is Procedure.IDENTIFIER_AND_PASSWORD, election.calendar.of(procedure).closes
    # 2011's link opens until a fixed date, whenever it was sent; and its recovery lives for weeks, so
    # that its sends are counted for each day, as another's are for the one that its link lives.
    days = (election.calendar.links_die - election.calendar.of(procedure).opens) // _DAY + 1 if both else 1
    window = election.identifier_and_password_recovery if both else election.voting_code_recovery
    return RecoveryTerms(
        elector_id=subject,
        election=election.id,
        time_zone=election.time_zone,
        requests_close=closes,
        links_die=election.calendar.links_die,
        sms_lifetime=election.links.sms_lifetime,
        sms_longest=election.links.sms_longest,
        email_lifetime=_FOR_EVER if both else election.links.email_lifetime,
        late_after=election.delivery.late_after,
        retry_for=election.delivery.retry_for,
        sends=election.delivery.sends * days,
        between_sends=election.delivery.between_sends,
        display_window=window.display_window,
    )

"""The terms of a recovery, as the election's file has them."""

from election.procedures import Procedure
from election.settings import Election
from workflows.messages import RecoveryTerms


def terms_of(election: Election, procedure: Procedure, subject: str) -> RecoveryTerms:
    """Return the deadlines and limits under which a subject's recovery starts."""
    return RecoveryTerms(
        elector=subject,
        election=election.id,
        time_zone=election.time_zone,
        requests_close=election.calendar.of(procedure).closes,
        links_die=election.calendar.links_die,
        sms_lifetime=election.links.sms_lifetime,
        sms_longest=election.links.sms_longest,
        email_lifetime=election.links.email_lifetime,
        late_after=election.delivery.late_after,
        retry_for=election.delivery.retry_for,
        sends=election.delivery.sends,
        between_sends=election.delivery.between_sends,
        display_window=election.voting_code_recovery.display_window,
    )

"""The terms of a recovery: its deadlines, its limits, and the keys that verify what is signed in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from election.procedures import Procedure
from election.settings import Election
from election.stages import Channel

_DAY = timedelta(days=1)
_UNLIMITED = timedelta(days=3650)  # longer than any election: the links' expiry date comes first
_CLOCK_DIFFERENCE = timedelta(minutes=1)  # between the web, whose pages open at this date, and a worker


@dataclass(frozen=True)
class PublicKeys:
    """The public halves of the key pairs of web, messaging role and console; an empty one verifies nothing."""

    web: str = ""
    messaging: str = ""
    console: str = ""


@dataclass(frozen=True)
class RecoveryTerms:
    """The deadlines and limits of one recovery, fixed by its first judgement.

    `elector_id` is whom the recovery belongs to; it is empty when the typed identifier is not on the roll.
    """

    elector_id: str
    time_zone: str
    requests_close: datetime
    links_expire: datetime
    sms_lifetime: timedelta
    sms_max_lifetime: timedelta
    email_lifetime: timedelta
    late_after: timedelta
    retry_for: timedelta
    max_sends: int
    between_sends: timedelta
    display_window: timedelta
    keys: PublicKeys = PublicKeys()

    def extended(self, channel: Channel, wanted: timedelta, now: datetime) -> datetime:
        """Return until when an operator may let a link live that is to live for so long from now on.

        As long as the election lets a link of its channel live, a day at most, and not beyond the date on which all links expire.
        """
        longest = self.sms_max_lifetime if channel is Channel.SMS else self.email_lifetime
        return min(now + min(wanted, longest, _DAY), self.links_expire)


def terms_of(
    election: Election, procedure: Procedure, elector_id: str, keys: PublicKeys | None = None
) -> RecoveryTerms:
    """Return the deadlines and limits with which an elector's recovery begins; `elector_id` may be empty."""
    is_2011, period = procedure is Procedure.IDENTIFIER_AND_PASSWORD, election.calendar.period_of(procedure)
    # 2011: a link expires on a fixed date, whenever it was sent. The recovery may stay open for weeks, so the limit
    # of sends is multiplied by the days; other recoveries last about one day.
    days = (election.calendar.links_expire - period.opens) // _DAY + 1 if is_2011 else 1
    window = election.identifier_and_password_recovery if is_2011 else election.voting_code_recovery
    return RecoveryTerms(
        elector_id=elector_id,
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
        keys=keys or PublicKeys(),
    )


def takes_requests(election: Election, procedure: Procedure, now: datetime) -> bool:
    """Return whether an election offers a recovery, and takes requests for it now."""
    period = election.calendar.period_of(procedure)
    is_open = period.opens - _CLOCK_DIFFERENCE <= now < period.closes
    return procedure in election.procedures and is_open

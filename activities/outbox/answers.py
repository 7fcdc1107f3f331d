"""A mail that a sender has claimed, and what a relay answered to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from election.routing.choice import LastTry


@dataclass(frozen=True)
class Claimed:
    """A mail that this sender may send; `sealed` is whom it goes to, `last` its last try if it was put off.

    Then `next_try_at` is when it could be tried again, and `relay_worked_at` when a relay last accepted some mail. With
    `are_all_tried` every mail that waits was put off, as it was.
    """

    elector_id: str
    link_id: str
    sealed: bytes
    postponed_since: datetime | None
    next_try_at: datetime | None
    send_number: int = 1
    last: LastTry | None = None
    relay_worked_at: datetime | None = None
    are_all_tried: bool = False

    @property
    def message_id(self) -> str:
        """The message's id, the same when it is sent again after a failure, and another one after a bounce."""
        return f"{self.link_id}-{self.send_number}"


class Answer(StrEnum):
    """What a relay answered to a mail."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good
    POSTPONED = "postponed"  # for now


@dataclass(frozen=True)
class RelayAnswer:
    """What a relay has answered, with its code; with `may_be_taken` it has not, and may have taken the mail all the same.

    With a `relay_fault` none has answered: either none is there, for that reason, or this mail makes them fail. With `is_there`
    one of them was there, and failed when it had the recipient or the text.
    """

    relay: str
    kind: Answer
    cause: str = ""
    may_be_taken: bool = False
    relay_fault: str = ""
    is_there: bool = False


@dataclass(frozen=True)
class Handed:
    """A mail that was handed to a relay, and the answer, or why it was not handed over."""

    claimed: Claimed
    workflow_id: str
    domain: str
    started_at: datetime
    at: datetime
    answer: RelayAnswer

    @property
    def message_id(self) -> str:
        """The message's id."""
        return self.claimed.message_id

    @property
    def put_off_since(self) -> datetime:
        """Since when the mail has been tried in vain, put forward by the time in which it could not be tried.

        It could not during a pause, a stop, or an outage of all relays, which says nothing of this mail.
        """
        since, due_at = self.claimed.postponed_since, self.claimed.next_try_at
        if since is None or (self.answer.relay_fault and not self._is_the_reason(since)):
            return self.at
        return since + max(timedelta(0), self.started_at - due_at) if due_at else since

    def _is_the_reason(self, put_off_since: datetime) -> bool:
        """Return whether it is this mail that makes the relays fail, and not an outage.

        One of them has accepted another mail meanwhile. Or no other is left to see that by, and one of them, which works as a
        rule, took the sender before it failed.
        """
        worked_at = self.claimed.relay_worked_at
        if worked_at is None:
            return False
        return worked_at >= put_off_since or (self.claimed.are_all_tried and self.answer.is_there)

    @property
    def doubtful(self) -> LastTry | None:
        """The last try, if another relay may have taken the mail then."""
        last = self.claimed.last
        return last if last and last.may_be_taken and last.gateway != self.answer.relay else None

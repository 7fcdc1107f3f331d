"""A link that can be used once. Handlers interleave only at an await, so marking a link as used needs no lock."""

from datetime import datetime

from election.stages import Stage
from election.verdicts import LinkVerdict

# The ending of a recovery without a reissue, by the verdict on its last link.
ENDING_OF = {
    LinkVerdict.USED: Stage.CANCELLED,
    LinkVerdict.EXPIRED: Stage.EXPIRED,
    LinkVerdict.CANCELLED: Stage.CANCELLED,
    LinkVerdict.REPLACED: Stage.CANCELLED,  # by a recovery of the password
    LinkVerdict.STOPPED: Stage.CANCELLED,  # by an objection
}


class OneTimeLink:
    """One link of a recovery and its verdict."""

    def __init__(self, link_id: str, expires_at: datetime) -> None:
        self.id = link_id
        self.expires_at = expires_at
        self.ending = LinkVerdict.LIVE

    def verdict(self, now: datetime) -> LinkVerdict:
        """Return the verdict for a click at `now`."""
        if self.ending is LinkVerdict.LIVE and now >= self.expires_at:
            return LinkVerdict.EXPIRED
        return self.ending

    def has_ended(self) -> bool:
        """Return whether an ending is set."""
        return self.ending is not LinkVerdict.LIVE

    def end(self, ending: LinkVerdict) -> None:
        """Set the ending, unless there is one already."""
        if self.ending is LinkVerdict.LIVE:
            self.ending = ending

    def fail(self) -> None:
        """Cancel a link that was used, since nothing was issued with it."""
        if self.ending is LinkVerdict.USED:
            self.ending = LinkVerdict.CANCELLED

    def shorten_to(self, instant: datetime) -> None:
        """Make the link expire at `instant`, if it does not expire earlier."""
        self.expires_at = min(self.expires_at, instant)

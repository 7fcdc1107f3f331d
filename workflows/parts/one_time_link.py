"""A link that is used once. Updates never run at once except at an await: spending needs no lock."""

from datetime import datetime

from election.verdicts import LinkVerdict


class OneTimeLink:
    """One link of a recovery, from its making to its one use or its other end."""

    def __init__(self, link_id: str, dies_at: datetime) -> None:
        self.id = link_id
        self.expires_at = dies_at
        self.ending = LinkVerdict.LIVE

    def verdict(self, now: datetime) -> LinkVerdict:
        """Return what a click at `now` would be told."""
        if self.ending is LinkVerdict.LIVE and now >= self.expires_at:
            return LinkVerdict.EXPIRED
        return self.ending

    def has_ended(self) -> bool:
        """Say whether the link had its end already."""
        return self.ending is not LinkVerdict.LIVE

    def end(self, ending: LinkVerdict) -> None:
        """Let the link have its end; the first one stays."""
        if self.ending is LinkVerdict.LIVE:
            self.ending = ending

    def dies_by(self, instant: datetime) -> None:
        """Let the link die at an instant, if it would have lived longer."""
        self.expires_at = min(self.expires_at, instant)

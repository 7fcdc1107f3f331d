"""Wrong proofs slow down, then pause an elector's recoveries; success clears the count.

NIST SP 800-63B-4 allows at most 100 consecutive failures: the growing waits stop far earlier
than that over an election of eight days.
"""

from datetime import timedelta

from pydantic import BaseModel


class AttemptRules(BaseModel, frozen=True, extra="forbid"):
    """How many wrong proofs are free, and how long the waits grow after them."""

    free: int = 5
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(hours=1)
    most: int = 100

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next try is refused after that many wrong proofs in a row.

        The wait doubles with each failure from `first_wait` to `longest_wait`; after `most`
        failures it is so long that only a human can help.
        """
        if failures < self.free:
            return timedelta(0)
        if failures >= self.most:
            return timedelta(days=365)
        doubling: timedelta = self.first_wait * 2 ** min(failures - self.free, 30)
        return min(doubling, self.longest_wait)

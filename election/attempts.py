"""Wrong proofs slow down, then pause an elector's recoveries; success clears the count.

NIST SP 800-63B-4 allows at most 100 consecutive failures: the growing waits stop far earlier
than that over an election of eight days.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

_NO_TIME = timedelta(0)


class AttemptRules(BaseModel, frozen=True, extra="forbid"):
    """How many wrong proofs are free, and how long the waits grow after them."""

    free: Annotated[int, Field(ge=1)] = 5
    first_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=1)
    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(hours=1)
    most: Annotated[int, Field(ge=1, le=100)] = 100

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next try is refused after that many wrong proofs in a row.

        The wait doubles with each failure from `first_wait` to `longest_wait`; after `most`
        failures it is so long that only a human can help.
        """
        if failures < self.free:
            return _NO_TIME
        if failures >= self.most:
            return timedelta(days=365)
        doubling: timedelta = self.first_wait * 2 ** min(failures - self.free, 30)
        return min(doubling, self.longest_wait)


class RequestRules(AttemptRules, frozen=True):
    """The same for requests that anybody may make in somebody's name: they slow down, and never stop."""

    free: Annotated[int, Field(ge=1)] = 3

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next request is refused after that many."""
        return min(super().wait_after(failures), self.longest_wait)


class SignInAttemptRules(AttemptRules, frozen=True):
    """The same for wrong passwords from browsers that never signed in as this elector.

    Anybody may type somebody's address there, so the pause is shorter: it must stop guessing, and
    keep nobody from the vote.
    """

    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=15)

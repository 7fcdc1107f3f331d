"""How long attempts are paused after failures in a row; a success resets the count.

NIST SP 800-63B-4 allows at most 100 consecutive failures. With these waits an election of eight days sees far fewer.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

_NO_TIME = timedelta(0)


class AttemptRules(BaseModel, frozen=True, extra="forbid"):
    """How many failures cause no pause, how long the next ones pause attempts, and when only an operator can help."""

    free_failures: Annotated[int, Field(ge=1)] = 5
    first_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=1)
    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(hours=1)
    max_failures: Annotated[int, Field(ge=1, le=100)] = 100

    def wait_after(self, failures: int) -> timedelta:
        """Return how long attempts are refused after that many failures in a row.

        The wait doubles with each failure from `first_wait` to `longest_wait`; after `max_failures` failures it is a year, so
        that only an operator can help.
        """
        if failures < self.free_failures:
            return _NO_TIME
        if failures >= self.max_failures:
            return timedelta(days=365)
        doubling: timedelta = self.first_wait * 2 ** min(failures - self.free_failures, 30)
        return min(doubling, self.longest_wait)


class RequestRules(AttemptRules, frozen=True):
    """The rules for requests that anyone can make for any elector: they slow down but never stop."""

    free_failures: Annotated[int, Field(ge=1)] = 3

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next request is refused after that many requests, at most `longest_wait`."""
        return min(super().wait_after(failures), self.longest_wait)


class SignInAttemptRules(AttemptRules, frozen=True):
    """The rules for wrong passwords from browsers that never signed in as this elector.

    Anyone can type any elector's address there, so the pause is shorter: it must stop guessing without keeping the
    elector from the vote.
    """

    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=15)

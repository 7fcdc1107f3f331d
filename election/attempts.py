"""How long attempts are paused after failures in a row; a success resets the count.

NIST SP 800-63B-4 allows at most 100 consecutive failures. With these waits an election of eight days sees far fewer.
"""

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, Field, model_validator

_NO_TIME = timedelta(0)


class AttemptRules(BaseModel, frozen=True, extra="forbid"):
    """How many failures cause no pause, how long the next ones pause attempts, and when only an operator can help."""

    free_failures: Annotated[int, Field(ge=1)] = 5
    first_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=1)
    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(hours=1)
    max_failures: Annotated[int, Field(ge=1, le=100)] = 100
    # Whether `max_failures` failures are answered as a lock, which support lifts.
    locks: ClassVar[bool] = False

    @model_validator(mode="after")
    def _limits_are_reached(self) -> Self:
        if self.free_failures > self.max_failures:
            raise ValueError(
                f"`free_failures` ({self.free_failures}) is above `max_failures` ({self.max_failures}): "
                "write a number that is not above it"
            )
        if self.first_wait > self.longest_wait:
            raise ValueError(
                f"`first_wait` ({self.first_wait}) is above `longest_wait` ({self.longest_wait}): "
                "write a duration that is not above it"
            )
        return self

    def without_stop(self) -> "RequestRules":
        """Return the same waits without a last failure: for pages where a stranger can fail in somebody's name."""
        return RequestRules(**self.model_dump())

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


class ProofAttemptRules(AttemptRules, frozen=True):
    """The rules for wrong proofs behind a sign-in: after ten in a row, only support can help.

    Nobody but the elector, or somebody who has the password, can make these failures.
    """

    max_failures: Annotated[int, Field(ge=1, le=100)] = 10
    locks: ClassVar[bool] = True


class RequestRules(AttemptRules, frozen=True):
    """The rules for requests that anyone can make for any elector: they slow down but never stop."""

    free_failures: Annotated[int, Field(ge=1)] = 3

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next request is refused after that many requests, at most `longest_wait`."""
        return min(super().wait_after(failures), self.longest_wait)


class CodeMailRules(RequestRules, frozen=True):
    """The rules for codes that are mailed at a sign-in: they slow down but never stop.

    Only somebody who types the right password causes such a mail. The waits are of one network address, so that nobody
    makes the elector wait at another one; `all_an_hour` is for one elector, from all addresses.
    """

    free_failures: Annotated[int, Field(ge=1)] = 5
    all_an_hour: Annotated[int, Field(ge=10)] = 60


class SupportLetterRules(RequestRules, frozen=True):
    """The waits between letters of one elector, or with one address to answer to; and the limits of letters without a sign-in.

    Anyone can write with somebody else's address, so the waits never stop for good, and the two limits are of one hour.

    - `per_network_an_hour`: an académie may have one network address for all its offices.
    - `without_sign_in_an_hour`: what a support desk can read, and its mailbox can take. Letters of electors who have signed
      in have the same limit apart, so that strangers do not use it up.
    """

    free_failures: Annotated[int, Field(ge=1)] = 5
    per_network_an_hour: Annotated[int, Field(ge=1)] = 60
    without_sign_in_an_hour: Annotated[int, Field(ge=1)] = 600


class SignInAttemptRules(AttemptRules, frozen=True):
    """The rules for wrong passwords.

    After `free_failures` a browser needs a mailed code, and never waits. One that has signed in as this elector before has a
    count of its own.
    """

    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=15)

    def wait_after(self, failures: int) -> timedelta:
        """Return how long a known browser is refused, at most `longest_wait`; only passwords sent at the same moment meet it."""
        return min(super().wait_after(failures), self.longest_wait)

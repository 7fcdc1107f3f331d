"""How long attempts are paused after failures in a row; a success resets the count.

NIST SP 800-63B-4 allows at most 100 consecutive failures. Where nobody may be stopped for good, the waits let about 24 a day
through: voting codes have 64 bits, and proofs go with a link that is sent elsewhere.
"""

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, Field, model_validator

# At which wrong proof in a row the work mailbox is told, once: a stranger who fails on and on causes one mail.
TOLD_AT = 3
_NO_TIME = timedelta(0)
FreeFailures = Annotated[int, Field(ge=1, le=100)]


class AttemptRules(BaseModel, frozen=True, extra="forbid"):
    """How many failures cause no pause, and how long the next ones pause attempts; they slow down but never stop."""

    free_failures: FreeFailures = 5
    first_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(minutes=1)
    longest_wait: Annotated[timedelta, Field(gt=_NO_TIME)] = timedelta(hours=1)
    # Whether too many failures are answered as a lock, which support lifts.
    locks: ClassVar[bool] = False

    @model_validator(mode="after")
    def _first_wait_is_not_the_longest(self) -> Self:
        if self.first_wait > self.longest_wait:
            raise ValueError(
                f"`first_wait` ({self.first_wait}) is above `longest_wait` ({self.longest_wait}): "
                "write a duration that is not above it"
            )
        return self

    def wait_after(self, failures: int) -> timedelta:
        """Return how long attempts are refused after that many failures in a row.

        The wait doubles with each failure from `first_wait` to `longest_wait`.
        """
        if failures < self.free_failures:
            return _NO_TIME
        doubling: timedelta = self.first_wait * 2 ** min(failures - self.free_failures, 30)
        return min(doubling, self.longest_wait)

    def left_after(self, failures: int) -> int:
        """Return how many more attempts may fail, after that many failures in a row, until attempts are paused."""
        return max(0, self.free_failures - failures)


class ProofAttemptRules(AttemptRules, frozen=True):
    """The rules for wrong proofs behind a sign-in: after ten in a row, only support can help.

    Nobody but the elector, or somebody who has the password, can make these failures.
    """

    max_failures: FreeFailures = 10
    locks: ClassVar[bool] = True

    @model_validator(mode="after")
    def _last_failure_is_reached(self) -> Self:
        if self.free_failures > self.max_failures:
            raise ValueError(
                f"`free_failures` ({self.free_failures}) is above `max_failures` ({self.max_failures}): "
                "write a number that is not above it"
            )
        return self

    def wait_after(self, failures: int) -> timedelta:
        """Return the same waits; after `max_failures` failures a year, so that only an operator can help."""
        return timedelta(days=365) if failures >= self.max_failures else super().wait_after(failures)


class RequestRules(AttemptRules, frozen=True):
    """The rules for requests that anyone can make for any elector."""

    free_failures: FreeFailures = 3


class CodeMailRules(AttemptRules, frozen=True):
    """The rules for codes that are mailed at a sign-in.

    Only somebody who types the right password causes such a mail. The waits are of one network address, so that nobody
    makes the elector wait at another one; `all_an_hour` is for one elector, from all addresses.
    """

    all_an_hour: Annotated[int, Field(ge=10)] = 60


class SupportLetterRules(AttemptRules, frozen=True):
    """The waits between letters of one elector, or with one address to answer to; and the limits of letters without a sign-in.

    Anyone can write with somebody else's address, so the waits never stop for good, and the two limits are of one hour.

    - `per_network_an_hour`: an académie may have one network address for all its offices.
    - `without_sign_in_an_hour`: what a support desk can read, and its mailbox can take. Letters of electors who have signed
      in have the same limit apart, so that strangers do not use it up.
    """

    per_network_an_hour: Annotated[int, Field(ge=1)] = 60
    without_sign_in_an_hour: Annotated[int, Field(ge=1)] = 600


class SignInAttemptRules(BaseModel, frozen=True, extra="forbid"):
    """After how many wrong passwords a browser needs a mailed code.

    One that has signed in as this elector before has a count of its own.
    """

    free_failures: FreeFailures = 5

    @property
    def of_known_browser(self) -> AttemptRules:
        """The rules for a known browser's own count; only passwords that are sent at the same moment meet their wait."""
        return AttemptRules(free_failures=self.free_failures)

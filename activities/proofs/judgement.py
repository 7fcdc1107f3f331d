"""The verdict on a proof."""

from dataclasses import dataclass
from datetime import datetime

from election.verdicts import Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict; `until` is set with PAUSED, and is when the next attempt will be looked at."""

    verdict: Verdict
    until: datetime | None = None

"""The verdict on a proof."""

from dataclasses import dataclass
from datetime import datetime

from election.verdicts import Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict; `until` is when the next attempt is allowed, for PAUSED only."""

    verdict: Verdict
    until: datetime | None = None

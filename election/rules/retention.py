"""How long the evidence of an election is kept."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

_YEARS = 2  # code général de la fonction publique, R. 211-580


class RetentionRules(BaseModel, frozen=True, extra="forbid"):
    """How many years journal, ledger and figures are kept after the vote, and how long traces of access are.

    The two years are those of the code général de la fonction publique, R. 211-580. Traces of access hold the keyed hash
    of a network address: a year at most is a rule of this house.
    """

    years: Annotated[int, Field(ge=_YEARS)] = _YEARS
    access_traces: Annotated[timedelta, Field(ge=timedelta(days=1), le=timedelta(days=365))] = timedelta(days=180)

    def kept_until(self, vote_closes: datetime, now: datetime) -> datetime:
        """Return until when what is written now is kept: years after the vote, or after now once the vote is over."""
        start = max(vote_closes, now)
        try:
            return start.replace(year=start.year + self.years)
        except ValueError:  # 29 February
            return start.replace(year=start.year + self.years, month=3, day=1)

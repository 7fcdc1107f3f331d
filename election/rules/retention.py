"""How long an election's data are kept."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

_YEARS = 2  # code général de la fonction publique, R. 211-580
# Temporal's histories, after their end: the retention of its namespace.
HISTORIES = timedelta(days=90)
# As long as the histories: until then an old link's page says how it ended.
LINKS = HISTORIES
# Counted from the end of the pause. An attacker who stays below five failures a week stays below the hundred of NIST
# SP 800-63B-4 in an election of less than half a year, so such counts may be deleted after a week.
FEW_FAILURES = 5
AFTER_FEW_FAILURES = timedelta(days=7)
AFTER_MANY_FAILURES = timedelta(days=90)
# Longer than any period in which something is counted.
RATES = timedelta(days=2)
# A receipt comes at most seconds before its gateway's answer; after a week it is for no message of ours.
UNKNOWN_RECEIPTS = timedelta(days=7)
# What a bounce has said is in ledger and journal; its row has a message's id and a status.
BOUNCES = timedelta(days=90)
# A key is deleted when the day after its own is over: a web process may use it for a moment after midnight.
ADDRESS_KEYS = timedelta(days=1)
# A message to support is tried for so long; then its key is destroyed, as after its delivery.
SUPPORT_LETTERS = timedelta(days=7)
# The longest time for which SMS are counted.
SMS_COUNTS = timedelta(days=1)
# Recoveries that run when the links expire have settled by then, even after an outage.
SETTLED_AFTER = timedelta(days=1)


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

"""An election's dates: when each function is open."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from election.procedures import Procedure
from election.timetable import Period, with_zone


class Calendar(BaseModel, frozen=True, extra="forbid"):
    """When each function is open; instants without an offset are in the election's time zone.

    Requests close before links expire (2011: 12 and 20 October). A recovery without a period of its own has that of
    `recoveries`; a function of another system is shown only if it has a period.
    """

    vote: Period
    recoveries: Period
    links_expire: datetime
    voting_code: Period | None = None
    identifier: Period | None = None
    password: Period | None = None
    identifier_and_password: Period | None = None
    electoral_lists: Period | None = None
    candidates: Period | None = None

    def period_of(self, procedure: Procedure) -> Period:
        """Return the period in which a recovery accepts requests."""
        own: Period | None = getattr(self, procedure.folder)
        return own or self.recoveries

    def in_zone(self, zone: ZoneInfo) -> Self:
        """Return the same dates with the zone's offset on instants written without one.

        Raises:
            ValueError: links would expire before requests close; the text names the key.
        """
        periods = {name: period.in_zone(zone) for name, period in self if isinstance(period, Period)}
        moved = self.model_copy(update={**periods, "links_expire": with_zone(self.links_expire, zone)})
        for procedure in Procedure:
            if moved.links_expire < moved.period_of(procedure).closes:
                own = procedure.folder if procedure.folder in periods else "recoveries"
                raise ValueError(f"`calendar.links_expire` must not be before `calendar.{own}.closes`")
        return moved

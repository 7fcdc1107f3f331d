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
    `recoveries`; a function of another system is shown only if it has a period. `support_until` is when the telephone of the support desk
    stops for the last time before the vote closes.
    """

    vote: Period
    recoveries: Period
    links_expire: datetime
    support_until: datetime | None = None
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
            ValueError: an instant is none, or dates are in the wrong order; the text names each key.
        """
        moved: dict[str, Period | datetime] = {}
        faults = []
        for name, value in self:
            if value is not None:
                try:
                    moved[name] = value.in_zone(zone) if isinstance(value, Period) else with_zone(value, zone)
                except ValueError as error:
                    faults.append(f"`calendar.{name}`: {error}")
        faults = faults or self.model_copy(update=moved)._order_faults()  # noqa: SLF001 - of its own class
        if faults:
            raise ValueError("; ".join(faults))
        return self.model_copy(update=moved)

    def _order_faults(self) -> list[str]:
        faults = []
        if self.support_until and not self.vote.opens < self.support_until <= self.vote.closes:
            faults.append("`calendar.support_until` must be within `calendar.vote`")
        for name in ("recoveries", *(procedure.folder for procedure in Procedure)):
            period: Period | None = getattr(self, name)
            if period is None:
                continue
            if self.links_expire < period.closes:
                faults.append(f"`calendar.links_expire` must not be before `calendar.{name}.closes`")
            if self.vote.closes < period.closes:
                faults.append(f"`calendar.{name}.closes` must not be after `calendar.vote.closes`")
        return faults

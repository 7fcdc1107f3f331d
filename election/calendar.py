"""An election's dates: when each function is open."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from election.procedures import Procedure
from election.timetable import Span, aware


class Calendar(BaseModel, frozen=True, extra="forbid"):
    """When each function is open; instants without an offset are in the election's time zone.

    Requests close before links expire (2011: 12 and 20 October). A recovery without a span of its own has that of
    `recoveries`; a function of another system is shown only when it has a span.
    """

    vote: Span
    recoveries: Span
    links_die: datetime
    voting_code: Span | None = None
    identifier: Span | None = None
    password: Span | None = None
    identifier_and_password: Span | None = None
    electoral_lists: Span | None = None
    candidates: Span | None = None

    def of(self, procedure: Procedure) -> Span:
        """Return when a recovery accepts requests."""
        own: Span | None = getattr(self, procedure.folder)
        return own or self.recoveries

    def in_zone(self, zone: ZoneInfo) -> Self:
        """Return the same dates with the zone's offset on instants written without one.

        Raises:
            ValueError: links would expire before requests close; the text names the key.
        """
        spans = {name: span.in_zone(zone) for name, span in self if isinstance(span, Span)}
        moved = self.model_copy(update={**spans, "links_die": aware(self.links_die, zone)})
        for procedure in Procedure:
            if moved.links_die < moved.of(procedure).closes:
                own = procedure.folder if procedure.folder in spans else "recoveries"
                raise ValueError(f"`calendar.links_die` must not be before `calendar.{own}.closes`")
        return moved

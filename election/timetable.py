"""Periods in which a function is open, and the dates on which links expire."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, model_validator


class Availability(StrEnum):
    """Whether a function of the portal can be used now."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


class Period(BaseModel, frozen=True, extra="forbid"):
    """The time between two instants of the election's file."""

    opens: datetime
    closes: datetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.opens.tzinfo is None) != (self.closes.tzinfo is None):
            raise ValueError("`opens` and `closes` must both have an offset, or neither")
        if self.opens >= self.closes:
            raise ValueError("`opens` must be before `closes`")
        return self

    def in_zone(self, zone: ZoneInfo) -> Self:
        """Return the same period with the zone's offset on instants written without one.

        Raises:
            ValueError: a clock change makes an instant no or two instants.
        """
        return self.model_copy(
            update={"opens": with_zone(self.opens, zone), "closes": with_zone(self.closes, zone)}
        )

    def availability(self, now: datetime) -> Availability:
        """Return whether the period has not begun, is running or is over at `now`."""
        if now < self.opens:
            return Availability.NOT_YET
        return Availability.OPEN if now < self.closes else Availability.CLOSED


def with_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant in the zone, unless it has an offset already.

    Raises:
        ValueError: the clocks change then, so that it is no instant or two.
    """
    if instant.tzinfo is not None:
        return instant
    first, second = (instant.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            f"{instant.isoformat()} is not one instant in {zone}, where the clocks change: write it with its offset, "
            f"as {instant.isoformat()}+01:00"
        )
    return first


def link_deadline(now: datetime, lifetime: timedelta, links_expire: datetime) -> datetime:
    """Return when a link made now expires: after its lifetime, or at the election's deadline if that is earlier."""
    return min(now + lifetime, links_expire)


@dataclass(frozen=True)
class Countdown:
    """The time until an instant, in whole days, hours and minutes."""

    days: int
    hours: int
    minutes: int


def countdown(now: datetime, until: datetime) -> Countdown:
    """Return the time until an instant, rounded down to the minute; zero once it has passed."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    return Countdown(minutes // 1440, minutes % 1440 // 60, minutes % 60)


def format_in_zone(instant: datetime, time_zone: str) -> str:
    """Return an instant in the election's time zone as support staff read it: `21/11 à 14:32:07`."""
    return f"{instant.astimezone(ZoneInfo(time_zone)):%d/%m à %H:%M:%S}"

"""How much longer an operator may let the link of a recovery live: only what ends later than the link does now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from activities.texts.dates import written_time
from election.procedures import Procedure
from election.recovery_terms import terms_of
from election.settings import Election
from election.stages import Channel

_HOURS = {1: "une heure", 6: "6\u00a0heures", 12: "12\u00a0heures", 24: "un jour"}
_LONGEST = "la plus longue permise"
_LEAST = timedelta(minutes=1)  # what is shorter is not to be seen on a page
NONE_LEFT = "Le lien ne peut pas être prolongé\u00a0: il vaut déjà aussi longtemps que l’élection le permet."


@dataclass(frozen=True)
class LinkExtension:
    """One choice: the hours that are ordered, and how long that is and until when, in words."""

    hours: int
    label: str


def link_extensions(
    procedure: Procedure, channel: Channel, dies_at: datetime, election: Election, now: datetime
) -> tuple[LinkExtension, ...]:
    """Return what can be chosen for a link, the shortest first; of several that the election cuts to one end, one alone."""
    terms = terms_of(election, procedure, "")
    ends: dict[datetime, LinkExtension] = {}
    for hours, words in _HOURS.items():
        end = terms.extended(channel, timedelta(hours=hours), now)
        said = words if end == now + timedelta(hours=hours) else _LONGEST
        if end >= dies_at + _LEAST and end not in ends:
            ends[end] = LinkExtension(hours, f"{said}, {_until(end, now, election.zone)}")
    return tuple(ends.values())


def _until(end: datetime, now: datetime, zone: ZoneInfo) -> str:
    local, time = end.astimezone(zone), written_time(end, zone)
    return f"jusqu’à {time}" if local.date() == now.astimezone(zone).date() else f"jusqu’au {local:%d/%m} à {time}"

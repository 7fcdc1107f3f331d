"""Moves an election's dates by whole days, so that today is a day of vote and every recovery is open."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Availability

_INSTANT = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\b")


def open_today(source: Path, target: Path, now: datetime) -> bool:
    """Write the election file that the demo uses, and return whether its dates differ from the source.

    If the source's vote and recoveries are open now, it is copied. A target that was moved earlier is kept while they are.

    Raises:
        ElectionFileError: the source cannot be used.
    """
    election = load(source)
    text = source.read_text(encoding="utf-8")
    if _is_open(election, now):
        target.write_text(text, encoding="utf-8")
        return False
    header = f"# Moved from {source.name}\n"
    if target.exists() and target.read_text(encoding="utf-8").startswith(header):
        kept = load(target)
        if _is_open(kept, now) and kept.id == election.id:
            return True
    # The vote opened yesterday, at the source's time of day.
    days = (now.date() - election.calendar.vote.opens.date()).days - 1
    target.write_text(header + _INSTANT.sub(lambda found: _moved(found[0], days), text), encoding="utf-8")
    _extend(target, now)
    return True


def _is_open(election: Election, now: datetime) -> bool:
    calendar = election.calendar
    spans = (calendar.vote, *(calendar.period_of(procedure) for procedure in election.procedures))
    return all(span.availability(now) is Availability.OPEN for span in spans)


def _extend(target: Path, now: datetime) -> None:
    # In 2011 requests closed before the vote opened: on no day were all of them open.
    calendar, text = load(target).calendar, target.read_text(encoding="utf-8")
    for name in ("recoveries", *(procedure.folder for procedure in Procedure)):
        span = getattr(calendar, name)
        if span is not None and span.availability(now) is Availability.CLOSED:
            end = calendar.links_expire.replace(tzinfo=None).isoformat()
            text = re.sub(rf"(?m)^({name} = .*closes = )\S+", rf"\g<1>{end}", text)
    target.write_text(text, encoding="utf-8")
    load(target)


def _moved(instant: str, days: int) -> str:
    return (datetime.fromisoformat(instant) + timedelta(days=days)).isoformat()

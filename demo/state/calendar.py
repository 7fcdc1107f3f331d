"""Moves an election's dates by whole days, so that today is a day of vote and every recovery is open."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from election.procedures import Procedure
from election.settings import Election, load
from election.timetable import Availability

# A link by e-mail lives for a day: whoever starts on the vote's last day sees that day whole, too.
_LEFT = timedelta(days=2)
_INSTANT = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\b")


def open_today(source: Path, target: Path, now: datetime) -> bool:
    """Write the election file that the demo uses, and return whether its dates differ from the source.

    If the source's vote and recoveries are open now and in two days, it is copied. A target that was moved earlier is kept while
    they are. A vote too short for that is copied, or kept, when it is open and moving it would not make it last longer.

    Raises:
        ElectionFileError: the source cannot be used.
    """
    election = load(source)
    text = source.read_text(encoding="utf-8")
    if _lasts(election, now):
        target.write_text(text, encoding="utf-8")
        return False
    header = f"# Moved from {source.name}\n"
    if target.exists() and target.read_text(encoding="utf-8").startswith(header):
        kept = load(target)
        if _lasts(kept, now) and kept.id == election.id:
            return True
    days = _days_to_move(election, now)
    target.write_text(header + _INSTANT.sub(lambda found: _moved(found[0], days), text), encoding="utf-8")
    _extend(target, now)
    return True


def _days_to_move(election: Election, now: datetime) -> int:
    # The vote opened yesterday, at the source's time of day.
    return (now.date() - election.calendar.vote.opens.date()).days - 1


def _lasts(election: Election, now: datetime) -> bool:
    can_last_longer = _days_to_move(election, now) > 0
    return _is_open(election, now) and (_is_open(election, now + _LEFT) or not can_last_longer)


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

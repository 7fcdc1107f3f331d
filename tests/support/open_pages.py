"""The templates of an election at an instant, compiled once for all tests: Jinja takes most of a second for them."""

from datetime import datetime, timedelta

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from election.settings import Election
from tests.support.clock import Clock
from web.context.pages import Pages


class _Compiled(BytecodeCache):
    """The templates as the first election has compiled them: what differs between elections are values, not code."""

    def __init__(self) -> None:
        self._compiled: dict[str, Bucket] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        bucket.code = self._compiled[bucket.key].code if bucket.key in self._compiled else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._compiled[bucket.key] = bucket


_COMPILED = _Compiled()
_MADE: dict[tuple[str, str, bool, bool], tuple[Pages, Clock]] = {}


def pages_at(
    election: Election,
    instant: datetime,
    theme: str = "neutral",
    *,
    demo: bool = False,
    has_provider: bool = False,
) -> Pages:
    """Return the templates with a clock that stands at an instant, until the next call with the same election."""
    key = (election.model_dump_json(), theme, demo, has_provider)
    if key not in _MADE:
        clock = Clock()
        made = Pages(election, theme, clock, demo=demo, has_provider=has_provider)
        made._templates.bytecode_cache = _COMPILED
        _MADE[key] = (made, clock)
    pages, clock = _MADE[key]
    clock.instant = instant
    return pages


def open_pages(election: Election, theme: str = "neutral", *, demo: bool = False) -> Pages:
    """Return the templates with a clock that stands an hour after the vote has opened."""
    return pages_at(election, election.calendar.vote.opens + timedelta(hours=1), theme, demo=demo)

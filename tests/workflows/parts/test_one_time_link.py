"""A link that is used once."""

from datetime import UTC, datetime, timedelta

import pytest

from election.verdicts import LinkVerdict
from workflows.parts.one_time_link import OneTimeLink

_NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def test_a_link_is_live_until_its_instant() -> None:
    """A click a second before is in time; at the instant itself it is too late."""
    link = OneTimeLink("link", expires_at=_NOON)
    assert link.verdict(_NOON - _SECOND) is LinkVerdict.LIVE
    assert link.verdict(_NOON) is LinkVerdict.EXPIRED


@pytest.mark.parametrize("ending", [LinkVerdict.USED, LinkVerdict.REPLACED, LinkVerdict.CANCELLED])
def test_an_ending_is_told_before_the_instant_and_after_it(ending: LinkVerdict) -> None:
    """Who used a link is told that it was used, also when it would have expired since."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.end(ending)
    assert link.verdict(_NOON - _SECOND) is ending
    assert link.verdict(_NOON + _SECOND) is ending


def test_the_first_ending_stays() -> None:
    """A used link can be neither replaced nor cancelled."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.end(LinkVerdict.USED)
    link.end(LinkVerdict.CANCELLED)
    assert link.ending is LinkVerdict.USED


def test_a_link_has_ended_once_it_was_told_to() -> None:
    """Its instant alone does not end it: the recovery does, so that the end is settled."""
    link = OneTimeLink("link", expires_at=_NOON)
    assert not link.has_ended()
    link.end(LinkVerdict.EXPIRED)
    assert link.has_ended()


def test_a_life_is_shortened_never_lengthened() -> None:
    """The election's deadline holds, whatever the channel's lifetime."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.shorten_to(_NOON + timedelta(hours=1))
    assert link.expires_at == _NOON
    link.shorten_to(_NOON - timedelta(minutes=50))
    assert link.expires_at == _NOON - timedelta(minutes=50)

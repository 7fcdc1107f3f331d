"""A link can be used once."""

from datetime import UTC, datetime, timedelta

import pytest

from election.verdicts import LinkVerdict
from workflows.parts.one_time_link import OneTimeLink

_NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def test_a_link_is_live_until_it_expires() -> None:
    """A second before the expiry time it is live; at the expiry time it is not."""
    link = OneTimeLink("link", expires_at=_NOON)
    assert link.verdict(_NOON - _SECOND) is LinkVerdict.LIVE
    assert link.verdict(_NOON) is LinkVerdict.EXPIRED


@pytest.mark.parametrize("ending", [LinkVerdict.USED, LinkVerdict.REPLACED, LinkVerdict.CANCELLED])
def test_an_ending_is_the_verdict_before_and_after_the_expiry(ending: LinkVerdict) -> None:
    """A used link stays USED, also after it would have expired."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.end(ending)
    assert link.verdict(_NOON - _SECOND) is ending
    assert link.verdict(_NOON + _SECOND) is ending


def test_the_first_ending_stays() -> None:
    """A used link cannot become cancelled."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.end(LinkVerdict.USED)
    link.end(LinkVerdict.CANCELLED)
    assert link.ending is LinkVerdict.USED


def test_a_link_has_ended_once_its_ending_is_set() -> None:
    """The expiry time alone does not end it: the recovery sets the ending, and settles it."""
    link = OneTimeLink("link", expires_at=_NOON)
    assert not link.has_ended()
    link.end(LinkVerdict.EXPIRED)
    assert link.has_ended()


def test_the_expiry_can_only_be_shortened() -> None:
    """The election's date holds, whatever the channel's lifetime."""
    link = OneTimeLink("link", expires_at=_NOON)
    link.shorten_to(_NOON + timedelta(hours=1))
    assert link.expires_at == _NOON
    link.shorten_to(_NOON - timedelta(minutes=50))
    assert link.expires_at == _NOON - timedelta(minutes=50)

"""The chart of a mailing."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.outbox.mailing_figures import Numbered
from console.presenters.mailing.chart import chart

_PARIS = ZoneInfo("Europe/Paris")
_FIRST = datetime(2026, 11, 25, 8, tzinfo=UTC)


def _hour(number: int, accepted: int, failed: int = 0, bounced: int = 0, opened: int = 0) -> Numbered:
    return Numbered(_FIRST + timedelta(hours=number), accepted, failed, bounced=bounced, opened=opened)


def test_an_hour_without_mails_has_a_place_too() -> None:
    """Bars stand at the distance of their hours, in local time; what failed stands on what was accepted, what bounced on that."""
    drawn = chart([_hour(0, 60, 20, 5), _hour(2, 100, opened=50)], _PARIS)
    assert drawn is not None
    assert [(bar.numbers.accepted, bar.numbers.failed) for bar in drawn.bars] == [(60, 20), (0, 0), (100, 0)]
    first, none, last = drawn.bars
    assert first.said == "25/11/2026 09\u00a0h"
    assert (none.parts, [part.kind for part in first.parts]) == ([], ["sent", "failed", "bounced"])
    for below, above in itertools.pairwise(first.parts):
        assert above.y + above.height == pytest.approx(below.y)
    mails, opened = last.parts
    assert (opened.kind, opened.height) == ("opened", mails.height / 2)
    assert opened.x == pytest.approx(mails.x + mails.width, abs=0.01)
    assert [line.number for line in drawn.lines] == [50, 100]


def test_many_hours_are_drawn_together() -> None:
    """A mailing of weeks has no more bars than fit on a page, and each mail is in one of them."""
    drawn = chart([_hour(number, 1) for number in range(24 * 14)], _PARIS)
    assert drawn is not None
    assert len(drawn.bars) <= 96
    assert drawn.step == 4
    assert sum(bar.numbers.accepted for bar in drawn.bars) == 24 * 14


@pytest.mark.parametrize("hours", [1, 2, 5, 7, 9, 25, 71, 96])
def test_labels_have_room(hours: int) -> None:
    """The first bar has one; on a wide screen there are at most eight, on a phone three, none of which leaves the drawing."""
    drawn = chart([_hour(0, 1), _hour(hours - 1, 1)], _PARIS)
    assert drawn is not None
    places = {
        screen: [label.x for label in drawn.labels if label.screen == screen] for screen in ("wide", "narrow")
    }
    assert places["wide"][0] == places["narrow"][0] == 0
    # A label takes 65 pixels: of drawings that are 800 and 279 pixels wide.
    for screen, width in (("wide", 800), ("narrow", 279)):
        ends = [*places[screen][1:], 100.0]
        room = [(end - begin) * width / 100 for begin, end in zip(places[screen], ends, strict=True)]
        assert min(room) >= 64
    assert (len(places["wide"]) <= 8, len(places["narrow"]) <= 3) == (True, True)


def test_nothing_is_drawn_without_mails() -> None:
    """A mailing that has just begun has no chart."""
    assert chart([], _PARIS) is None

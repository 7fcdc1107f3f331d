"""How the message centre joins segments and knows repeats."""

from datetime import timedelta
from pathlib import Path

import pytest

from demo.sms.sms_decoder import Part
from demo.sms.submissions import Submissions
from tests.support.clock import Clock

PHONE = "33600000001"
FIRST, SECOND = Part("un ", 7, 2, 1), Part("deux", 7, 2, 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the demo's world."""
    return tmp_path / "world.sqlite"


def test_segments_are_joined_in_their_order(path: Path, now: Clock) -> None:
    """The last segment to come completes the message, whichever it is."""
    submissions = Submissions(path, now)
    assert submissions.take(PHONE, b"\0\1", SECOND).text is None
    assert submissions.take(PHONE, b"\0\1", FIRST).text == "un deux"


def test_a_half_sent_message_is_whole_after_a_retry(path: Path, now: Clock) -> None:
    """A segment taken before a restart counts; its repeat gets the same id, the message comes once."""
    before = Submissions(path, now).take(PHONE, b"\0\1", FIRST)
    again = Submissions(path, now).take(PHONE, b"\0\1", FIRST)
    assert (again.gateway_id, again.repeated, again.text) == (before.gateway_id, True, None)
    assert Submissions(path, now).take(PHONE, b"\0\1", SECOND).text == "un deux"


def test_ten_minutes_later_a_repeat_is_a_message(path: Path, now: Clock) -> None:
    """Operators forget after ten minutes."""
    submissions = Submissions(path, now)
    first = submissions.take(PHONE, b"\0\1", Part("un"))
    now.advance(timedelta(minutes=10))
    second = submissions.take(PHONE, b"\0\1", Part("un"))
    assert (second.repeated, second.text) == (False, "un")
    assert first.gateway_id != second.gateway_id


@pytest.mark.parametrize(
    ("phone", "reference", "text"),
    [("33600000002", b"\0\1", "un"), (PHONE, b"\0\2", "un"), (PHONE, b"\0\1", "deux")],
)
def test_what_differs_is_no_repeat(path: Path, now: Clock, phone: str, reference: bytes, text: str) -> None:
    """Another phone, another reference or another text makes another message."""
    submissions = Submissions(path, now)
    submissions.take(PHONE, b"\0\1", Part("un"))
    assert not submissions.take(phone, reference, Part(text)).repeated


def test_without_a_reference_nothing_is_a_repeat(path: Path, now: Clock) -> None:
    """A sender that gives no reference may send the same words twice."""
    submissions = Submissions(path, now)
    assert not submissions.take(PHONE, b"", Part("un")).repeated
    assert not submissions.take(PHONE, b"", Part("un")).repeated

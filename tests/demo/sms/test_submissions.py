"""How the message centre joins segments and recognises repeats."""

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
    """The SQLite file of the fake services."""
    return tmp_path / "fake_services.sqlite"


def test_segments_are_joined_in_order(path: Path, now: Clock) -> None:
    """The message is complete when its last missing segment arrives, whatever the order."""
    submissions = Submissions(path, now)
    assert submissions.accept(PHONE, b"\0\1", SECOND).text is None
    assert submissions.accept(PHONE, b"\0\1", FIRST).text == "un deux"


def test_a_message_sent_in_part_is_complete_after_a_retry(path: Path, now: Clock) -> None:
    """A segment accepted before a restart is kept; its repeat has the same id, and the message arrives once."""
    before = Submissions(path, now).accept(PHONE, b"\0\1", FIRST)
    again = Submissions(path, now).accept(PHONE, b"\0\1", FIRST)
    assert (again.gateway_id, again.repeated, again.text) == (before.gateway_id, True, None)
    assert Submissions(path, now).accept(PHONE, b"\0\1", SECOND).text == "un deux"


def test_after_ten_minutes_a_repeat_is_a_new_message(path: Path, now: Clock) -> None:
    """Segments are kept for ten minutes."""
    submissions = Submissions(path, now)
    first = submissions.accept(PHONE, b"\0\1", Part("un"))
    now.advance(timedelta(minutes=10))
    second = submissions.accept(PHONE, b"\0\1", Part("un"))
    assert (second.repeated, second.text) == (False, "un")
    assert first.gateway_id != second.gateway_id


@pytest.mark.parametrize(
    ("phone", "reference", "text"),
    [("33600000002", b"\0\1", "un"), (PHONE, b"\0\2", "un"), (PHONE, b"\0\1", "deux")],
)
def test_a_segment_that_differs_is_no_repeat(
    path: Path, now: Clock, phone: str, reference: bytes, text: str
) -> None:
    """Another phone, another reference or another text makes another message."""
    submissions = Submissions(path, now)
    submissions.accept(PHONE, b"\0\1", Part("un"))
    assert not submissions.accept(phone, reference, Part(text)).repeated


def test_without_a_reference_there_are_no_repeats(path: Path, now: Clock) -> None:
    """The same text without a reference is a message each time."""
    submissions = Submissions(path, now)
    assert not submissions.accept(PHONE, b"", Part("un")).repeated
    assert not submissions.accept(PHONE, b"", Part("un")).repeated

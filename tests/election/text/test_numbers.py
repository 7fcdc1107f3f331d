"""Numbers in French sentences."""

from datetime import timedelta

import pytest

from election.text.numbers import written_countdown, written_duration, written_number


def test_thousands_are_separated_by_narrow_non_breaking_spaces() -> None:
    """Below a thousand nothing is added."""
    assert [written_number(number) for number in (0, 999, 1_000, 1_234_567)] == [
        "0",
        "999",
        "1\u202f000",
        "1\u202f234\u202f567",
    ]


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=90), "90\u00a0secondes"),
        (timedelta(minutes=1), "1\u00a0minute"),
        (timedelta(seconds=120), "2\u00a0minutes"),
        (timedelta(hours=1), "1\u00a0heure"),
        (timedelta(hours=36), "36\u00a0heures"),
        (timedelta(hours=24), "1\u00a0jour"),
        (timedelta(days=90), "90\u00a0jours"),
        (timedelta(milliseconds=1500), "2\u00a0secondes"),
    ],
)
def test_a_duration_is_in_its_largest_whole_unit(duration: timedelta, words: str) -> None:
    """Nothing is rounded but parts of a second."""
    assert written_duration(duration) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1\u00a0seconde"),
        (120, "120\u00a0secondes"),
        (121, "2\u00a0minutes et 1\u00a0seconde"),
        (180, "3\u00a0minutes"),
    ],
)
def test_a_countdown_is_in_seconds_up_to_two_minutes(seconds: int, words: str) -> None:
    """And longer in minutes, with the seconds that are left over."""
    assert written_countdown(seconds) == words

"""Numbers in French sentences."""

from datetime import timedelta

import pytest

from election.text.numbers import (
    written_countdown,
    written_decimal,
    written_duration,
    written_number,
    written_span,
)


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


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(seconds=-1), "0\u00a0s"),
        (timedelta(seconds=59.9), "59\u00a0s"),
        (timedelta(minutes=3, seconds=5), "3\u00a0min\u00a05\u00a0s"),
        (timedelta(hours=2, seconds=7), "2\u00a0h"),
        (timedelta(days=4, hours=3, minutes=59), "4\u00a0j\u00a03\u00a0h"),
    ],
)
def test_a_duration_has_its_two_largest_units(duration: timedelta, written: str) -> None:
    """Short, so that it is read at a glance; a second one of zero is left out."""
    assert written_span(duration) == written


@pytest.mark.parametrize(
    ("number", "places", "written"),
    [(50, 1, "50"), (0.5, 1, "0,5"), (99.96, 1, "100"), (100.0, 1, "100"), (0.25, 2, "0,25"), (0, 1, "0")],
)
def test_a_decimal_comes_after_a_comma(number: float, places: int, written: str) -> None:
    """A number that is whole has none."""
    assert written_decimal(number, places) == written

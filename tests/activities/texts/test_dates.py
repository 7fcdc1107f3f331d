"""Instants in French, in the election's or the reader's time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from activities.texts.dates import written_day, written_instant, written_time
from tests.support.spoken import WRAPPED

_PARIS = ZoneInfo("Europe/Paris")


def test_an_instant_is_written_in_full() -> None:
    """With day, date, time and zone; the spaces in the time are non-breaking."""
    instant = datetime(2026, 11, 21, 13, 32, tzinfo=UTC)
    assert written_instant(instant, _PARIS) == "samedi 21 novembre 2026 à 14\u00a0h\u00a032 (heure de Paris)"


def test_minutes_have_two_digits() -> None:
    """Five past midnight is « 0 h 05 »."""
    assert "à 0\u00a0h\u00a005 " in written_instant(datetime(2026, 7, 13, 22, 5, tzinfo=UTC), _PARIS)


def test_the_first_of_a_month_at_a_full_hour() -> None:
    """The day is « 1er », and the minutes are left out."""
    opening = datetime(2022, 12, 1, 8, tzinfo=_PARIS)
    assert written_instant(opening, _PARIS) == "jeudi 1er décembre 2022 à 8\u00a0h (heure de Paris)"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Indian/Reunion", "mardi 1er décembre 2026 à 1\u00a0h\u00a015 (heure de La Réunion)"),
        ("Pacific/Noumea", "mardi 1er décembre 2026 à 8\u00a0h\u00a015 (heure de Nouméa)"),
        ("America/Martinique", "lundi 30 novembre 2026 à 17\u00a0h\u00a015 (heure de la Martinique)"),
        ("Europe/Istanbul", "mardi 1er décembre 2026 à 0\u00a0h\u00a015 (heure d’Istanbul)"),
        ("UTC", "lundi 30 novembre 2026 à 21\u00a0h\u00a015 (heure UTC)"),
    ],
)
def test_electors_overseas_read_their_own_day_and_hour(key: str, shown: str) -> None:
    """The date is that of the zone, and the zone is named after its city."""
    assert written_instant(datetime(2026, 11, 30, 21, 15, tzinfo=UTC), ZoneInfo(key)) == shown


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("America/Guadeloupe", "de la Guadeloupe"),
        ("America/Martinique", "de la Martinique"),
        ("America/Cayenne", "de Cayenne"),
        ("America/Miquelon", "de Miquelon"),
        ("America/Marigot", "de Marigot"),
        ("America/St_Barthelemy", "de Saint-Barthélemy"),
        ("Indian/Reunion", "de La Réunion"),
        ("Indian/Mayotte", "de Mayotte"),
        ("Indian/Kerguelen", "des Kerguelen"),
        ("Pacific/Marquesas", "des Marquises"),
        ("Pacific/Gambier", "des Gambier"),
        ("Pacific/Tahiti", "de Tahiti"),
        ("Pacific/Noumea", "de Nouméa"),
        ("Pacific/Wallis", "de Wallis"),
        ("Africa/Abidjan", "d’Abidjan"),
        ("Pacific/Efate", "d’Éfaté"),
    ],
)
def test_a_territory_has_its_article(key: str, place: str) -> None:
    """« heure des Marquises », « heure de la Guadeloupe »; a city has none, but for its own « La »."""
    shown = written_instant(datetime(2026, 11, 30, 21, 15, tzinfo=UTC), ZoneInfo(key))
    assert shown.endswith(f" (heure {place})")


@pytest.mark.parametrize(
    ("hour", "shown"),
    [
        (0, "2\u00a0h\u00a030 (heure d’été de Paris)"),
        (1, "2\u00a0h\u00a030 (heure d’hiver de Paris)"),
        (2, "3\u00a0h\u00a030 (heure de Paris)"),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart(hour: int, shown: str) -> None:
    """A link that dies at the second 2 h 30 of 25 October is not said to die at the first."""
    assert (
        written_instant(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), _PARIS)
        == f"dimanche 25 octobre 2026 à {shown}"
    )


def test_a_naive_time_is_refused() -> None:
    """An instant without an offset could be shown hours wrong, so it raises."""
    with pytest.raises(ValueError, match="offset"):
        written_instant(datetime(2026, 11, 21, 14, 32), _PARIS)  # noqa: DTZ001 - the value that must be refused


@pytest.mark.parametrize(
    ("instant", "key", "shown"),
    [
        (datetime(2026, 12, 1, 16, tzinfo=UTC), "Europe/Paris", "Tuesday 1 December 2026 at 17:00 (Paris time)"),
        (
            datetime(2026, 11, 30, 21, 5, tzinfo=UTC),
            "Pacific/Noumea",
            "Tuesday 1 December 2026 at 08:05 (Noumea time)",
        ),
        (datetime(2026, 11, 30, 21, 5, tzinfo=UTC), "UTC", "Monday 30 November 2026 at 21:05 (UTC)"),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "Europe/Paris",
            "Sunday 25 October 2026 at 02:30 (Paris winter time)",
        ),
    ],
)
def test_an_instant_in_english(instant: datetime, key: str, shown: str) -> None:
    """Day before month, 24 hours, and the zone by its city."""
    with WRAPPED.speaking("en"):
        assert written_instant(instant, ZoneInfo(key)) == shown


def test_a_time_of_day_in_both_languages() -> None:
    """« 14 h 02 », `14:02`."""
    instant = datetime(2026, 11, 21, 13, 2, tzinfo=UTC)
    assert written_time(instant, _PARIS) == "14\u00a0h\u00a002"
    with WRAPPED.speaking("en"):
        assert written_time(instant, _PARIS) == "14:02"


def test_a_day_is_written_without_its_time() -> None:
    """The first of a month is « 1er », and in English like any other."""
    assert [written_day(date(2026, 12, day)) for day in (1, 29)] == ["1er décembre 2026", "29 décembre 2026"]
    with WRAPPED.speaking("en"):
        assert written_day(date(2026, 12, 1)) == "1 December 2026"

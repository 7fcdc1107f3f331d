"""The texts about a mailing, in the Temporal UI and on the terminal."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.typography import faults
from workflows.mailings.messages import MailingEnding, MailingProgress
from workflows.mailings.terminal import as_json
from workflows.mailings.ui_details import current_details, percent, status_line

_NOON = datetime(2011, 9, 14, 10, 0, 5, tzinfo=UTC)
_HALFWAY = MailingProgress(
    total=1_000_000,
    waiting=4_000,
    accepted=423_000,
    own=999,
    asked=3,
    failed={"smtp-550": 12, "smtp-552": 1},
    per_second=12.5,
    remaining=timedelta(hours=12, minutes=48),
    is_paused=False,
    relay_fault="",
    ending=None,
    since=_NOON,
)
_PAUSED = replace(_HALFWAY, is_paused=True, remaining=None)
_AWAY = replace(_HALFWAY, relay_fault="smtp-connect", remaining=None)
_SUSPENDED = replace(_HALFWAY, relay_fault="gateway-suspended", remaining=None)
_BOUNCED = replace(_HALFWAY, failed={"bounce-5.1.1": 2, "smtp-550": 1})
_HELD = replace(_HALFWAY, database_fault="database:ProgrammingError", remaining=None)
_ENDED = [replace(_HALFWAY, ending=ending, remaining=None) for ending in MailingEnding]


@pytest.mark.parametrize(
    "progress", [_HALFWAY, _PAUSED, _AWAY, _SUSPENDED, _BOUNCED, _HELD, replace(_HELD, is_paused=True), *_ENDED]
)
def test_every_state_is_described_in_correct_french(progress: MailingProgress) -> None:
    """Each state has a heading, the counts, a next step, and French typography."""
    text = current_details(progress, "Europe/Paris")
    assert text.startswith("### Envoi ")
    assert "sur 1\u202f000\u202f000" in text
    assert "**Ensuite" in text
    lines = re.sub("`.*?`", "x", text).splitlines()
    assert [fault for line in [*lines, status_line(progress)] for fault in faults(line)] == []


@pytest.mark.parametrize("progress", [_HALFWAY, _PAUSED, _HELD, *_ENDED])
def test_no_state_sends_operators_to_temporal(progress: MailingProgress) -> None:
    """Production's Temporal UI takes no order: the console does, and while it is down the command."""
    text = current_details(progress, "Europe/Paris")
    assert "Send an Update" not in text
    if progress.ending not in {MailingEnding.COMPLETE, MailingEnding.CLOSED}:
        assert "«\u00a0Envois en nombre\u00a0» de la console" in text
        assert "`python -m workflows.mailings.cli`" in text


def test_the_terminal_line_has_percentage_counts_rate_and_time_left() -> None:
    """The whole sentence is checked."""
    expected = (
        "Envoi en cours\u00a0: 42,3\u00a0%, 423\u202f000 sur 1\u202f000\u202f000, 999 par une demande de l’électeur, "
        "575\u202f988 en attente, 13 en échec, 12,5 par seconde, encore 12\u00a0h\u00a048\u00a0min"
    )
    assert status_line(_HALFWAY) == expected


def test_a_mailing_that_was_stopped_says_how_many_get_no_mail() -> None:
    """Also when the database counts them, in which they wait no more."""
    stopped = replace(
        _HALFWAY,
        ending=MailingEnding.STOPPED,
        remaining=None,
        total=25,
        accepted=20,
        own=0,
        asked=0,
        waiting=0,
        failed={},
    )
    assert status_line(stopped) == "Envoi arrêté par un opérateur, 20 sur 25, 5 en attente"
    assert status_line(replace(stopped, waiting=5)) == status_line(stopped)


def test_a_mailing_whose_relays_are_suspended_says_how_to_go_on() -> None:
    """No relay is away: an operator has decided it."""
    assert "relais suspendu (gateway-suspended)" in status_line(_SUSPENDED)
    assert "Passerelles" in current_details(_SUSPENDED, "Europe/Paris")


def test_mails_that_came_back_are_counted_beside_the_failures() -> None:
    """On the terminal and for a program."""
    assert "3 en échec, dont 2 retournés après l’acceptation" in status_line(_BOUNCED)
    assert json.loads(as_json("envoi-1", _BOUNCED))["bounced"] == 2


def test_a_mailing_that_waits_for_the_database_names_the_fault_and_what_to_do() -> None:
    """In the details, on the terminal and for a program."""
    text = current_details(_HELD, "Europe/Paris")
    assert "### Envoi en attente de la base de données" in text
    assert all(word in text for word in ("`database:ProgrammingError`", "reprendre l’envoi, ou l’arrêter"))
    assert "base de données (ProgrammingError)" in status_line(_HELD)
    told = json.loads(as_json("envoi-1", _HELD))
    assert (told["state"], told["database_fault"]) == ("database-fault", "database:ProgrammingError")


def test_a_paused_mailing_says_since_when_and_how_to_resume() -> None:
    """The time is in the election's time zone."""
    text = current_details(_PAUSED, "Europe/Paris")
    assert "### Envoi suspendu" in text
    assert "- **Suspendu depuis le\u00a0:** 14/09 à 12:00:05" in text
    assert "Reprendre l’envoi dans la page «\u00a0Envois en nombre\u00a0» de la console" in text


def test_a_mailing_that_waits_for_the_relay_says_so() -> None:
    """With the relay's code; nobody need do anything in the mailing."""
    text = current_details(_AWAY, "Europe/Paris")
    assert "### Envoi en attente du relais" in text
    assert "- **Relais injoignable depuis le\u00a0:** 14/09 à 12:00:05" in text
    assert "`smtp-connect`" in text


def test_an_ended_mailing_says_what_is_missing_and_why() -> None:
    """The rate is no longer shown."""
    text = current_details(replace(_HALFWAY, ending=MailingEnding.INCOMPLETE, remaining=None), "Europe/Paris")
    assert "- **En échec\u00a0:** 13 (`smtp-550` 12, `smtp-552` 1)" in text
    assert "- **Non préparés\u00a0:** 571\u202f985" in text
    assert "Rythme" not in text


@pytest.mark.parametrize(("share", "expected"), [(0, "0\u00a0%"), (99.99, "99,9\u00a0%"), (100, "100\u00a0%")])
def test_a_hundred_percent_means_every_elector(share: float, expected: str) -> None:
    """Percentages are rounded down."""
    assert percent(share) == expected

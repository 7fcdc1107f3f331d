"""The Markdown that support staff read of a recovery."""

import inspect
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from election.procedures import Procedure
from election.stages import ENDINGS, Channel, Stage
from tests.support.typography import faults
from workflows.contracts.messages import RecoveryStatus
from workflows.parts.ui_details import current_details
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery

_ID = "voting-code/camille"
_NOON = datetime(2026, 12, 3, 12, 0, 5, tzinfo=UTC)
_FULL = {
    "since": _NOON,
    "channel": Channel.SMS,
    "hint": "•• •• •• •• 78",
    "accepted_at": _NOON,
    "delivered_at": _NOON,
    "link_expires_at": _NOON,
    "fault": "sms:smpp-UNDELIV",
    "display_until": _NOON,
}


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_told_in_good_french(stage: Stage, procedure: Procedure) -> None:
    """Whatever the stage: a heading, since when, and French typography throughout."""
    full = RecoveryStatus(stage=stage, **_FULL)  # type: ignore[arg-type]
    for status in (RecoveryStatus(stage, _NOON), full, replace(full, is_second_mail=True)):
        text = current_details(status, "Europe/Paris", f"{procedure}/camille")
        assert text.startswith("### ")
        assert "Depuis le 03/12 à 13:00:05." in text
        sentences = re.sub("`.*?`", "", text).splitlines()
        assert [fault for line in sentences for fault in faults(line)] == []


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("stage", list(Stage))
def test_staff_are_told_what_comes_next_until_the_end(stage: Stage, procedure: Procedure) -> None:
    """Every stage but the endings says what will happen, or what to do."""
    text = current_details(RecoveryStatus(stage, _NOON), "Europe/Paris", f"{procedure}/camille")
    assert ("**Ensuite\u00a0:**" in text) == (stage not in ENDINGS)


def test_the_masked_destination_is_not_for_staff() -> None:
    """The hint is the voter's own: staff see the channel alone."""
    status = RecoveryStatus(stage=Stage.HELD, **_FULL)  # type: ignore[arg-type]
    text = current_details(status, "Europe/Paris", _ID)
    assert "- **Canal\u00a0:** SMS" in text
    assert "•" not in text
    assert "- **Panne\u00a0:** `sms:smpp-UNDELIV`" in text


def test_times_are_the_election_s_own() -> None:
    """An election of La Réunion is told in its own time."""
    text = current_details(RecoveryStatus(Stage.SENT, _NOON, link_expires_at=_NOON), "Indian/Reunion", _ID)
    assert "- **Le lien expire\u00a0:** 03/12 à 16:00:05" in text


def test_what_is_not_known_is_not_told() -> None:
    """No empty line stands for a receipt that has not come."""
    text = current_details(RecoveryStatus(Stage.SENT, _NOON, channel=Channel.EMAIL), "Europe/Paris", _ID)
    assert re.findall(r"\*\*(.+?)\u00a0:\*\*", text) == ["Canal", "Ensuite"]


@pytest.mark.parametrize("stage", [Stage.OPENED, Stage.DISPLAYING, *ENDINGS])
def test_a_link_that_is_spent_or_dead_expires_no_more(stage: Stage) -> None:
    """Its hour would only mislead."""
    assert "Le lien expire" not in current_details(RecoveryStatus(stage=stage, **_FULL), "Europe/Paris", _ID)  # type: ignore[arg-type]


def test_staff_see_a_message_that_no_gateway_takes() -> None:
    """Late because it has not left is another matter than late on its way: the tries can be looked at."""
    text = current_details(RecoveryStatus(Stage.LATE, _NOON, channel=Channel.SMS), "Europe/Paris", _ID)
    assert "la passerelle ne le prend pas" in text
    assert "Pending Activities" in text
    left = RecoveryStatus(Stage.LATE, _NOON, channel=Channel.SMS, accepted_at=_NOON)
    assert "la passerelle ne le prend pas" not in current_details(left, "Europe/Paris", _ID)


def test_an_e_mail_is_handed_to_no_operator() -> None:
    """What has taken the message is called by its name."""
    text = current_details(
        RecoveryStatus(Stage.SENT, _NOON, channel=Channel.EMAIL, accepted_at=_NOON), "Europe/Paris", _ID
    )
    assert "- **Remis à la messagerie\u00a0:** 03/12 à 13:00:05" in text


@pytest.mark.parametrize("procedure", [Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD])
@pytest.mark.parametrize("accepted_at", [None, _NOON])
@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD])
def test_no_other_channel_is_offered_where_there_is_none(
    stage: Stage, accepted_at: datetime | None, procedure: Procedure
) -> None:
    """The work mailbox alone is written to: whoever waits can only ask again."""
    status = RecoveryStatus(stage, _NOON, channel=Channel.EMAIL, accepted_at=accepted_at)
    text = current_details(status, "Europe/Paris", f"{procedure}/camille")
    assert "canal" not in text
    assert "messagerie professionnelle" in text


def test_staff_see_which_of_two_mails_has_failed() -> None:
    """The link's, and nothing has changed yet; or the identifier's, and the password has been on screen."""
    link = RecoveryStatus(Stage.HELD, _NOON, channel=Channel.EMAIL, fault="email:smtp-550")
    told = [
        current_details(status, "Europe/Paris", "identifier-and-password/camille")
        for status in (link, replace(link, is_second_mail=True))
    ]
    assert [text.splitlines()[0] for text in told] == [
        "### Envoi du lien en échec\u00a0: en attente",
        "### Envoi de l’identifiant en échec\u00a0: en attente",
    ]
    assert all("`retry_send`" in text for text in told)
    assert "- **Canal\u00a0:** messagerie professionnelle" in told[0]
    assert "- **Canal\u00a0:** e-mail, à l’adresse choisie" in told[1]


@pytest.mark.parametrize(
    "recovery", [VotingCodeRecovery, IdentifierRecovery, PasswordRecovery, IdentifierAndPasswordRecovery]
)
def test_the_menu_of_operators_is_in_good_french(recovery: type) -> None:
    """The Temporal UI shows these beside each handler's name."""
    handlers = [
        getattr(handler, kind).description
        for _, handler in inspect.getmembers(recovery)
        for kind in ("_defn", "__temporal_signal_definition", "__temporal_query_definition")
        if hasattr(handler, kind)
    ]
    told = [description for description in handlers if description]
    assert len(told) >= 4
    assert [fault for description in told for fault in faults(description)] == []

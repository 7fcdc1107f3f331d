"""The Markdown of a recovery's current details."""

import inspect
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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

_ID = "code-de-vote/camille"
_NOON = datetime(2026, 12, 3, 12, 0, 5, tzinfo=UTC)
_FULL = {
    "since": _NOON,
    "channel": Channel.SMS,
    "hint": "•• •• •• •• 78",
    "accepted_at": _NOON,
    "delivered_at": _NOON,
    "link_expires_at": _NOON,
    "fault": "sms:smpp-undeliv",
    "display_until": _NOON,
}


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_described_in_correct_french(stage: Stage, procedure: Procedure) -> None:
    """Each stage has a heading, a start time, and French typography."""
    full = RecoveryStatus(stage=stage, **_FULL)  # type: ignore[arg-type]
    for status in (RecoveryStatus(stage, _NOON), full, replace(full, is_second_mail=True)):
        text = current_details(status, "Europe/Paris", f"{procedure.id_prefix}/camille")
        assert text.startswith("### ")
        assert "Depuis le 03/12 à 13:00:05." in text
        sentences = re.sub("`.*?`", "code", text).splitlines()
        assert [fault for line in sentences for fault in faults(line)] == []


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_but_the_endings_has_a_next_step(stage: Stage, procedure: Procedure) -> None:
    """It says what will happen, or what to do."""
    text = current_details(RecoveryStatus(stage, _NOON), "Europe/Paris", f"{procedure.id_prefix}/camille")
    assert ("**Ensuite\u00a0:**" in text) == (stage not in ENDINGS)


@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.LATE, Stage.HELD])
def test_the_cause_comes_first_from_the_first_failed_try_on(stage: Stage) -> None:
    """In a sentence, then where the recovery stands, and what to do: a retry only where it helps."""
    status = RecoveryStatus(stage, _NOON, channel=Channel.SMS, fault="sms:smpp-0x0000000B")
    text = current_details(status, "Europe/Paris", _ID)
    assert text.startswith("### L’opérateur de SMS refuse ce numéro")
    assert "- **Que faire\u00a0:** Ne pas relancer\u00a0: la personne donne un autre numéro" in text
    assert "acts.cli retry" not in text
    passing = current_details(replace(status, fault="sms:smpp-unbound"), "Europe/Paris", _ID)
    assert passing.startswith("### Le portail n’est pas connecté à l’opérateur de SMS.\n")
    assert ("`/exploitation`" in passing) == ("acts.cli retry`" in passing) == (stage is Stage.HELD)


def test_the_details_do_not_have_the_masked_destination() -> None:
    """Only the voter sees the hint; staff see the channel."""
    status = RecoveryStatus(stage=Stage.HELD, **_FULL)  # type: ignore[arg-type]
    text = current_details(status, "Europe/Paris", _ID)
    assert "- **Canal\u00a0:** SMS" in text
    assert "•" not in text
    assert "- **Panne\u00a0:** `sms:smpp-undeliv` (message non remis\u202f; SMPP 3.4" in text


def test_times_are_in_the_election_s_time_zone() -> None:
    """An election in La Réunion has the times of La Réunion."""
    text = current_details(RecoveryStatus(Stage.SENT, _NOON, link_expires_at=_NOON), "Indian/Reunion", _ID)
    assert "- **Le lien expire\u00a0:** 03/12 à 16:00:05" in text


def test_an_unknown_fact_has_no_line() -> None:
    """Without a receipt there is no line for it."""
    text = current_details(RecoveryStatus(Stage.SENT, _NOON, channel=Channel.EMAIL), "Europe/Paris", _ID)
    assert re.findall(r"\*\*(.+?)\u00a0:\*\*", text) == ["Canal", "Ensuite"]


@pytest.mark.parametrize("stage", [Stage.OPENED, Stage.DISPLAYING, *ENDINGS])
def test_the_expiry_is_shown_only_for_a_live_link(stage: Stage) -> None:
    """After the link was used or has ended, its expiry time would mislead."""
    assert "Le lien expire" not in current_details(RecoveryStatus(stage=stage, **_FULL), "Europe/Paris", _ID)  # type: ignore[arg-type]


def test_a_late_message_that_was_not_accepted_has_its_own_text() -> None:
    """Its retries can be seen under « Pending Activities »; an accepted message is late for another reason."""
    text = current_details(RecoveryStatus(Stage.LATE, _NOON, channel=Channel.SMS), "Europe/Paris", _ID)
    assert "la passerelle ne l’accepte pas" in text
    assert "Pending Activities" in text
    left = RecoveryStatus(Stage.LATE, _NOON, channel=Channel.SMS, accepted_at=_NOON)
    assert "la passerelle ne l’accepte pas" not in current_details(left, "Europe/Paris", _ID)


def test_an_identifier_s_sms_that_no_operator_took_is_said_not_to_have_left() -> None:
    """Its heading names the cause, and the old identifier works; one that was taken is late for another reason."""
    late = RecoveryStatus(Stage.LATE, _NOON, channel=Channel.SMS)
    untaken, taken = (
        current_details(status, "Europe/Paris", "identifiant/camille")
        for status in (late, replace(late, accepted_at=_NOON))
    )
    assert untaken.startswith("### SMS en retard\u00a0: aucun opérateur ne l’a encore accepté\n")
    assert "L’ancien identifiant fonctionne toujours, sauf si un SMS précédent avait été accepté." in untaken
    assert "Rien à faire" not in untaken
    assert taken.startswith("### SMS en retard\u00a0: pas encore arrivé\n")
    assert "fonctionne toujours" not in taken


def test_an_identifier_s_sms_that_did_not_arrive_says_whether_the_old_identifier_works() -> None:
    """Once an operator had taken an SMS the old one is dead, also if none took the last; an earlier request may have replaced it too."""
    expired = RecoveryStatus(Stage.EXPIRED, _NOON, channel=Channel.SMS)
    taken, untaken = (
        current_details(replace(expired, is_replaced=is_replaced), "Europe/Paris", "identifiant/camille")
        for is_replaced in (True, False)
    )
    assert "le SMS n’est pas arrivé, l’ancien identifiant ne fonctionne plus" in taken
    assert "reste valable" not in taken
    assert "reste valable, sauf si un SMS précédent avait été accepté" in untaken


def test_a_message_that_waits_says_until_when_it_is_tried() -> None:
    """How often at most, and by whom; nothing of it once there are no more tries."""
    status = RecoveryStatus(
        Stage.SENDING,
        _NOON,
        channel=Channel.SMS,
        fault="sms:smpp-connect",
        tries_end_at=_NOON + timedelta(hours=1),
    )
    line = "- **Nouveaux essais\u00a0:** par le portail lui-même, toutes les 15\u00a0secondes au plus, jusqu’au 03/12 à 14:00:05"
    assert line in current_details(status, "Europe/Paris", _ID)
    assert "Nouveaux essais" not in current_details(replace(status, tries_end_at=None), "Europe/Paris", _ID)


def test_an_accepted_email_names_the_mail_relay() -> None:
    """The relay's acceptance is all that is known: the mailbox may still refuse it."""
    text = current_details(
        RecoveryStatus(Stage.SENT, _NOON, channel=Channel.EMAIL, accepted_at=_NOON), "Europe/Paris", _ID
    )
    assert "- **Accepté par le relais\u00a0:** 03/12 à 13:00:05" in text


@pytest.mark.parametrize("procedure", [Procedure.PASSWORD, Procedure.IDENTIFIER_AND_PASSWORD])
@pytest.mark.parametrize("accepted_at", [None, _NOON])
@pytest.mark.parametrize("stage", [Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD])
def test_procedures_with_one_channel_offer_no_other(
    stage: Stage, accepted_at: datetime | None, procedure: Procedure
) -> None:
    """Only the work mailbox receives the link: the voter can only request again."""
    status = RecoveryStatus(stage, _NOON, channel=Channel.EMAIL, accepted_at=accepted_at)
    text = current_details(status, "Europe/Paris", f"{procedure.id_prefix}/camille")
    assert "canal" not in text
    assert "messagerie professionnelle" in text


def test_the_heading_says_which_of_two_emails_has_failed() -> None:
    """In 2011 the link's e-mail comes before any change, the identifier's after the password was displayed."""
    link = RecoveryStatus(Stage.HELD, _NOON, channel=Channel.EMAIL, fault="email:smtp-550")
    details = [
        current_details(status, "Europe/Paris", "identifiant-et-mot-de-passe/camille")
        for status in (link, replace(link, is_second_mail=True))
    ]
    assert [text.splitlines()[2] for text in details] == [
        "**Envoi du lien en échec\u00a0: en attente**",
        "**Envoi de l’identifiant en échec\u00a0: en attente**",
    ]
    assert "- **Canal\u00a0:** messagerie professionnelle" in details[0]
    assert "- **Canal\u00a0:** courriel, à l’adresse choisie" in details[1]


@pytest.mark.parametrize(
    "recovery", [VotingCodeRecovery, IdentifierRecovery, PasswordRecovery, IdentifierAndPasswordRecovery]
)
def test_handler_descriptions_are_in_correct_french(recovery: type) -> None:
    """The Temporal UI shows them to operators beside each handler's name."""
    handlers = [
        getattr(handler, kind).description
        for _, handler in inspect.getmembers(recovery)
        for kind in ("_defn", "__temporal_signal_definition", "__temporal_query_definition")
        if hasattr(handler, kind)
    ]
    descriptions = [description for description in handlers if description]
    assert len(descriptions) >= 4
    assert [fault for description in descriptions for fault in faults(description)] == []

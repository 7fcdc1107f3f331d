"""Every event, outcome and channel that the journal can have is told in French."""

import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

import pytest

from activities.acts.bulk_order import BulkKind
from activities.evidence.journal import ACCEPTED, DELIVERED, Event
from activities.recoveries.settlements import TYPED_NAME
from activities.roll_import.lines import Column
from activities.roll_uploads.elector_change import CHANGED
from activities.roll_uploads.orders import UploadKind
from console.context.operator import Role
from console.presenters.journal import sentence
from console.presenters.outcomes import detail, outcome
from console.presenters.words import channel_name
from election.faults import mail, portal, smpp
from election.routing.shifting import Why
from election.rules.security import Weakness
from election.stages import Channel, Stage
from election.verdicts import Verdict
from tests.support.typography import faults
from workflows.mailings.messages import MailingEnding

_ZONE = ZoneInfo("Europe/Paris")
_CODES = [
    *(f"smpp-0x{status:08X}" for status in smpp.STATUSES),
    *(f"smtp-{number}" for number in mail.CODES),
    *portal.CODES,
    *("smpp-unbound", "smpp-undeliv", "smtp-connect", "bounce-5.1.1", "ovh-unknown"),
]
_FAULTS = [*(f"sms:{code}" for code in _CODES), "database:timeout"]
# What is written as the outcome of each event; the others have none.
_OUTCOMES: Mapping[Event, Iterable[str]] = {
    **{each: [*Verdict] for each in Event if each.endswith((":request:accepted", ":request:refused"))},
    **{each: [*Stage] for each in Event if each.endswith(":recovery:ended")},
    **{each: [*Verdict] for each in Event if each.is_trace},
    Event.SEND_ACCEPTED: [ACCEPTED],
    Event.SEND_DELIVERED: [DELIVERED],
    Event.SEND_REFUSED: _CODES,
    Event.SEND_POSTPONED: _CODES,
    Event.SEND_UNCERTAIN: _CODES,
    Event.SEND_FAILED: _CODES,
    Event.SEND_REPEATED: ["sms2:", *(f"sms2:{code}" for code in _CODES)],
    Event.SEND_DELAYED: ["4.2.2", "4.4.1"],
    Event.GATEWAY_CHANGED: [f"{why}:50" for why in Why],
    Event.MAILING_PREPARED: ["500"],
    Event.MAILING_RETRIED: ["1"],
    Event.MAILING_PAUSED: ["smtp-connect", "gateway-suspended"],
    Event.MAILING_RESUMED: ["smtp-connect"],
    Event.MAILING_ENDED: [*MailingEnding],
    Event.OPERATOR_RETRIED: _FAULTS,
    Event.OPERATOR_RETRY_REFUSED: ["OperatorMissing", "OrderMalformed"],
    Event.OPERATOR_EXTENDED: ["2026-12-04T17:00:00+00:00"],
    Event.OPERATOR_CANCELLED: [*Stage],
    Event.OPERATOR_LIFTED_PAUSE: ["5 failures"],
    Event.OPERATOR_GAVE_BACK: ["3 requests", "0 requests"],
    Event.OPERATOR_UNLOCKED: ["5 failures", "12 counts"],
    Event.OPERATOR_ALLOWED_REISSUES: ["2 more"],
    Event.OPERATOR_IMPORTED_ROLL: ["3 added, 1 updated, 2 refused"],
    Event.OPERATOR_REMOVED_ELECTORS: ["3 removed, 0 refused"],
    Event.OPERATOR_CHANGED_ELECTOR: [", ".join(CHANGED), Column.BIRTH_NAME],
    Event.OPERATOR_UPLOADED_ROLL: [*UploadKind],
    Event.OPERATOR_SIGNED_IN: [*Role],
    Event.OPERATOR_SIGNED_OUT: [*Role],
    Event.PROCESS_STARTED: ["0.3.0"],
    Event.WEAKNESS_KEPT: [*Weakness],
    Event.EVIDENCE_DESTROYED: ["2 entries"],
}
# Codes that are French words too.
_SAME = {*CHANGED, ", ".join(CHANGED), *(role for role in Role if role is not Role.OPERATEUR)}


def test_every_event_has_its_outcomes_in_french() -> None:
    """In correct typography; an outcome that is added without its words fails here."""
    said = {
        (event, code): outcome(event, "email" if code.startswith("smtp") else "sms", code, _ZONE)
        for event, codes in _OUTCOMES.items()
        for code in codes
    }
    assert [each for each, words in said.items() if words == str(each[1]) and each[1] not in _SAME] == []
    assert {each: words for each, words in said.items() if not words} == {}
    unquoted = {each: re.sub(r"`[^`]*`", "", words) for each, words in said.items()}
    assert {each: found for each, words in unquoted.items() if (found := faults(words))} == {}


def test_what_was_counted_is_told_in_french() -> None:
    """Each number with its noun."""
    for event, code, words in (
        (Event.OPERATOR_GAVE_BACK, "3 requests", "3\u00a0demandes rendues"),
        (Event.OPERATOR_IMPORTED_ROLL, "3 added, 1 updated", "3\u00a0électeurs ajoutés, 1\u00a0électeur corrigé"),
        (Event.GATEWAY_CHANGED, f"{Why.SUSPENDED}:0", "suspendue (0\u00a0%)"),
        (Event.OPERATOR_CANCELLED, Stage.CANCELLED, "annulé"),
        (Event.OPERATOR_EXTENDED, "2026-12-04T17:00:00+00:00", "jusqu’au 04/12 à 18:00:00"),
    ):
        assert outcome(event, "", code, _ZONE) == words


@pytest.mark.parametrize(
    ("event", "written", "words"),
    [
        (Event.OPERATOR_ACT_BEGUN, f"{BulkKind.RETRY}, 3 / 3", "relance, 3 sur 3"),
        (
            Event.OPERATOR_ACT_BEGUN,
            f"{BulkKind.RETRY_BY_OTHER}, 3 / 4",
            "relance par une autre passerelle, 3 sur 4",
        ),
        (
            Event.OPERATOR_ACT_BEGUN,
            f"{TYPED_NAME}\u00a0: {BulkKind.CANCEL}, 1 / 1",
            f"{TYPED_NAME}\u00a0: annulation, 1 sur 1",
        ),
        (
            Event.OPERATOR_ACT_ENDED,
            "sent 8, failed 1, skipped 2 / 11",
            "8\u00a0faits, 1\u00a0en échec, 2\u00a0passés sur 11",
        ),
        (
            Event.MAILING_ENDED,
            "accepted 3, own 1, failed 2 / 6",
            "3\u00a0acceptés par le relais, 1\u00a0lien d’une demande de la personne, 2\u00a0en échec sur 6",
        ),
        (Event.MAILING_PACED, "0.5/s", "0,5\u00a0par seconde"),
        (Event.OPERATOR_ACT_PACED, TYPED_NAME, TYPED_NAME),
        (Event.MAILING_RETRIED, "bounce-5.1.1", "Cette boîte n’existe pas."),
        (Event.EVIDENCE_DESTROYED, "1 messages", "1\u00a0message"),
        (Event.SEND_ACCEPTED, "RE", "La Réunion"),
        (Event.OPERATOR_RETRIED, "opérateur rétabli, 3 / 3", "opérateur rétabli, 3 / 3"),
    ],
)
def test_what_the_program_wrote_as_a_detail_is_told_in_french(event: Event, written: str, words: str) -> None:
    """What an operator wrote is left as it is."""
    assert detail(event, written) == words


def test_every_event_and_channel_has_its_name() -> None:
    """In French."""
    assert [event for event in Event if sentence(event) == event] == []
    assert [channel for channel in Channel if channel_name(channel) == channel] == []

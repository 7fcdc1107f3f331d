"""What the page of a recovery says, for each stage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.presenters.recovery.acts import RecoveryAct, offered_acts, texts_of
from console.presenters.recovery.record import RecoveryRecord, recovery_record
from election.following.progress import Progress
from election.procedures import Procedure, workflow_id_of
from election.settings import Election, load
from election.stages import ENDINGS, Channel, Stage
from tests.support.typography import faults

_NOW = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
_SUBJECT = "a45fe11fd6f9" + "0" * 20
_SENDING = Progress(
    Stage.SENDING,
    _NOW - timedelta(seconds=10),
    channel=Channel.SMS,
    begun_at=_NOW - timedelta(seconds=10),
    dies_at=_NOW + timedelta(days=2),
)
_ACCEPTED = replace(_SENDING, accepted_at=_NOW - timedelta(seconds=8))
_HELD = replace(_SENDING, stage=Stage.HELD, fault="sms:smpp-timeout")


@pytest.fixture(scope="module")
def election() -> Election:
    """The demo's election, which offers every procedure."""
    return load(Path(__file__).parents[4] / "election" / "demo.toml")


def _record(
    election: Election, progress: Progress, procedure: Procedure = Procedure.VOTING_CODE
) -> RecoveryRecord:
    return recovery_record(workflow_id_of(procedure, _SUBJECT), progress, election, _NOW)


def test_a_failed_send_says_what_since_when_why_and_what_to_do(election: Election) -> None:
    """And until when it waits, what comes by itself, and a sentence to read aloud that says what the voter can do."""
    record = _record(election, _HELD)
    assert (record.reference, record.procedure, record.severity) == ("A45F-E11F-D6F9", "Code de vote", "error")
    assert record.heading == "Envoi en échec\u00a0: en attente"
    assert record.why.startswith("L’opérateur de SMS n’a pas répondu à temps")
    assert (record.code, record.since) == ("smpp-timeout", _HELD.since)
    assert record.following.startswith("Rien ne repart tout seul")
    assert record.until == "vendredi 27 novembre 2026 à 14\u00a0h (heure de Paris)"
    assert record.to_tell.startswith("La panne est du côté de l’opérateur de SMS.")
    assert record.to_tell.endswith("l’autre canal depuis la page de suivi.")


@pytest.mark.parametrize("progress", [Progress(Stage.VERIFYING, _NOW), _SENDING, _HELD])
def test_a_recovery_that_the_database_holds_up_says_so(election: Election, progress: Progress) -> None:
    """Whatever its row says, which could not be written; it can be retried, and not by another gateway."""
    row = _record(election, progress)
    record = recovery_record(row.workflow_id, progress, election, _NOW, "database:ProgrammingError")
    assert (record.severity, record.heading) == ("error", "Base de données en échec\u00a0: en attente")
    assert record.why == "La base de données refuse une requête\u00a0: une migration ou un droit manque."
    assert (record.channel_name, record.code, record.since) == ("Base de données", "ProgrammingError", row.since)
    acts = offered_acts(record, election, [("smtp2", "smtp2")])
    assert RecoveryAct.RETRY in acts
    assert RecoveryAct.OTHER_GATEWAY not in acts
    texts = texts_of(RecoveryAct.RETRY, record)
    said = (record.following, record.to_tell, *texts.consequences, texts.done)
    assert [fault for text in said for fault in faults(text)] == []


def test_one_that_has_ended_waits_for_no_database(election: Election) -> None:
    """Its row was written."""
    ended = Progress(Stage.EXPIRED, _NOW)
    record = _record(election, ended)
    assert recovery_record(record.workflow_id, ended, election, _NOW, "database:timeout") == record


def test_a_send_that_is_tried_again_says_until_when(election: Election) -> None:
    """It is no failure yet: nobody has to do anything."""
    record = _record(election, replace(_SENDING, fault="sms:smpp-timeout"))
    assert (record.severity, record.heading) == ("warning", "Envoi retardé\u00a0: le portail réessaie de lui-même")
    assert "15\u00a0secondes" in record.following
    assert "14\u00a0h\u00a059" in record.following


@pytest.mark.parametrize(
    ("progress", "why"),
    [
        (_SENDING, "Le message est confié à la passerelle, qui n’a pas encore répondu."),
        (
            _ACCEPTED,
            "L’opérateur a pris le SMS à 13\u00a0h\u00a059\u202f; il n’a pas encore dit que le téléphone l’a reçu.",
        ),
        (
            replace(_ACCEPTED, delivered_at=_NOW - timedelta(seconds=5)),
            "L’opérateur dit que le téléphone a reçu le SMS à 13\u00a0h\u00a059.",
        ),
        (
            replace(_ACCEPTED, channel=Channel.EMAIL),
            "Le relais a pris le courriel à 13\u00a0h\u00a059\u202f; rien ne dit si la personne l’a lu.",
        ),
    ],
)
def test_what_is_known_of_a_message_is_said(election: Election, progress: Progress, why: str) -> None:
    """An SMS has a receipt, a mail has none."""
    assert _record(election, progress).why == why


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_of_every_procedure_has_its_sentences(
    election: Election, procedure: Procedure, stage: Stage
) -> None:
    """All are filled in, and follow French typography."""
    progress = replace(_ACCEPTED, stage=stage, display_until=_NOW + timedelta(minutes=1))
    if stage in {Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD}:
        progress = replace(progress, display_until=None)
    fault = "sms:smpp-timeout" if stage is Stage.HELD else ""
    record = _record(election, replace(progress, fault=fault), procedure)
    said = [record.heading, record.why, record.following, record.to_tell]
    assert all(said)
    assert not [fault for each in said for fault in faults(each)]
    assert not [each for each in said if "{" in each]
    assert record.is_over == (record.stage in ENDINGS)


def test_a_retry_is_offered_only_where_it_may_help(election: Election) -> None:
    """Not to a number that does not exist, unless by another gateway; never to a recovery that has ended."""
    wrong_number = replace(_HELD, fault="sms:smpp-0x0000000B")
    unlock = RecoveryAct.UNLOCK_SIGN_IN
    waiting = {RecoveryAct.CANCEL, unlock}
    assert set(offered_acts(_record(election, _HELD), election)) == {RecoveryAct.RETRY, *waiting}
    assert set(offered_acts(_record(election, wrong_number), election)) == waiting
    others = offered_acts(_record(election, wrong_number), election, [("second", "Second")])
    assert set(others) == {RecoveryAct.OTHER_GATEWAY, *waiting}
    assert offered_acts(_record(election, replace(_HELD, stage=Stage.CANCELLED)), election) == [unlock]


def test_an_extension_is_offered_only_where_a_link_could_live_longer(election: Election) -> None:
    """One that was sent and waits to be opened: the others live as long as any, were used, or are no links."""
    both, expire = Procedure.IDENTIFIER_AND_PASSWORD, election.calendar.links_expire
    used = replace(_SENDING, channel=Channel.EMAIL, display_until=_NOW - timedelta(minutes=1))
    sent = replace(_ACCEPTED, dies_at=_NOW + timedelta(minutes=5))
    cases = {
        "sent": (sent, Procedure.VOTING_CODE, True),
        "late": (replace(sent, begun_at=_NOW - timedelta(hours=1)), Procedure.PASSWORD, True),
        "2011's link": (replace(sent, channel=Channel.EMAIL), both, True),
        "2011's second mail": (used, both, False),
        "not accepted": (replace(sent, accepted_at=None), Procedure.VOTING_CODE, False),
        "held": (replace(sent, stage=Stage.HELD, fault="sms:smpp-UNDELIV"), Procedure.VOTING_CODE, False),
        "as long as any": (replace(sent, dies_at=expire), Procedure.VOTING_CODE, False),
        "identifier": (sent, Procedure.IDENTIFIER, False),
        "ended": (replace(sent, stage=Stage.EXPIRED), Procedure.VOTING_CODE, False),
    }
    records = {name: _record(election, progress, procedure) for name, (progress, procedure, _) in cases.items()}
    offered = {name: RecoveryAct.EXTEND in offered_acts(record, election) for name, record in records.items()}
    assert offered == {name: expected for name, (_, _, expected) in cases.items()}
    assert [name for name, record in records.items() if record.why_not_extended] == ["as long as any"]
    assert faults(records["as long as any"].why_not_extended) == []


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("channel", "lives", "all_expire", "hours", "longest"),
    [
        (Channel.SMS, 5 * _HOUR / 60, 9 * _DAY, [1], "une heure, jusqu’à 15\u00a0h\u00a000"),
        (Channel.SMS, _HOUR - timedelta(seconds=30), 9 * _DAY, [], ""),
        (Channel.EMAIL, 5 * _HOUR, 9 * _DAY, [6, 12, 24], "un jour, jusqu’au 26/11 à 14\u00a0h\u00a000"),
        (Channel.EMAIL, 13 * _HOUR, 9 * _DAY, [24], "un jour, jusqu’au 26/11 à 14\u00a0h\u00a000"),
        (Channel.EMAIL, _DAY, 9 * _DAY, [], ""),
        (Channel.EMAIL, _HOUR, 8 * _HOUR, [6, 12], "la plus longue permise, jusqu’à 22\u00a0h\u00a000"),
        (Channel.EMAIL, 8 * _HOUR, 8 * _HOUR, [], ""),
    ],
)
def test_the_choices_of_an_extension_end_later_than_the_link(
    election: Election,
    channel: Channel,
    lives: timedelta,
    all_expire: timedelta,
    hours: list[int],
    longest: str,
) -> None:
    """By a minute at least, and none goes beyond what the election lets a link of its channel live; else the page says why."""
    calendar = election.calendar.model_copy(update={"links_expire": _NOW + all_expire})
    progress = replace(_ACCEPTED, channel=channel, dies_at=_NOW + lives)
    record = _record(election.model_copy(update={"calendar": calendar}), progress)
    assert [each.hours for each in record.extensions] == hours
    assert [each.label for each in record.extensions[-1:]] == ([longest] if longest else [])
    assert [fault for each in record.extensions for fault in faults(each.label)] == []
    assert bool(record.why_not_extended) == (not hours)


def test_requests_are_given_back_for_identifiers_alone(election: Election) -> None:
    """A voting code's requests have no such count."""
    offered = offered_acts(_record(election, _HELD, Procedure.IDENTIFIER), election)
    assert RecoveryAct.GIVE_BACK in offered
    assert RecoveryAct.EXTEND not in offered

"""What operators read is in correct French typography."""

from activities.acts.bulk_order import BulkKind
from activities.evidence.journal import Event
from activities.progress.timeline import TimelineEntry
from console.presenters.bulk.confirmation import BulkAct, confirmation
from console.presenters.recovery.acts import TEXTS
from console.presenters.recovery.timeline import timeline
from election.verdicts import Verdict
from tests.support.clock import Clock
from tests.support.typography import faults

# What is about a mailing, an act on many, a gateway, the roll, a session, a process or an elector, and in no recovery's timeline.
_OF_NO_RECOVERY = (
    *("access:", "mailing:", "message:gateway:", "process:"),
    *("operator:act:", "operator:roll:", "operator:session:", "operator:journal:", "operator:evidence:"),
    *(Event.OPERATOR_LIFTED_PAUSE, Event.OPERATOR_LIFTED_OBJECTION, Event.OPERATOR_ALLOWED_REISSUES),
)


def test_acts_say_what_will_happen_in_correct_typography() -> None:
    """On one recovery, and on many."""
    said = [each for texts in TEXTS.values() for each in (texts.label, texts.done, *texts.consequences)]
    for act in BulkAct:
        shown = confirmation(act, 12_000, ["sms:smpp-unbound", "email:smtp-550", "sms:smpp-0x0000000B"], 20)
        said += [shown.title, shown.takes, *shown.consequences, *shown.warnings]
    assert [fault for each in said for fault in faults(each)] == []
    assert len(BulkAct) == len(BulkKind)


def test_every_event_of_a_recovery_has_a_sentence() -> None:
    """In correct typography, also with a reason. A new event is of a recovery, unless it is named here."""
    of_recoveries = [each for each in Event if not each.startswith(_OF_NO_RECOVERY)]
    entries = [
        TimelineEntry(Clock()(), each, "x", "sms", Verdict.WRONG_PROOF, "FR", 2, 1) for each in of_recoveries
    ]
    said = [each.sentence for each in timeline(entries)]
    assert not [each for each in said if "événement" in each or "{" in each]
    assert [fault for each in said for fault in faults(each)] == []

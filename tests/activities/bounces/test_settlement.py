"""What the ledger, the journal and the recovery learn of a mail that came back."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowHandle

from activities.bounces import report_reader
from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.bounces.settlement import BounceSettlement
from activities.progress import rows as progress
from activities.progress.reader import ProgressReader
from activities.progress.rows import LinkOf
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.receipts import DeliveryReceipt
from activities.store.bounce_table import bounces
from activities.store.database import Database
from activities.store.tables import journal, messages
from election.stages import Channel, Stage
from tests.activities.bounces.conftest import ENDLESS
from tests.support.clock import Clock
from tests.support.database_dump import rows, text_of
from tests.support.receipt_listener import ReceiptListener
from tests.support.signing import MESSAGING

Recovery = WorkflowHandle[ReceiptListener, None]
_UNKNOWN = (Path(__file__).with_name("corpus") / "postfix-unknown.eml").read_bytes()
_VACATION = (Path(__file__).with_name("corpus") / "vacation.eml").read_bytes()
_MESSAGE_WITHIN = timedelta(minutes=5)  # a bounce waits so long for its message, or for the acceptance
_FINAL = BounceReport(BounceKind.FINAL, "5.2.2")


async def _accepted(
    ledger: Ledger, workflow_id: str, message_id: str = "link-1", delivery_id: str = "link"
) -> None:
    outgoing = Outgoing(message_id, workflow_id, delivery_id, "email", "smtp", "exemple.fr")
    await ledger.begin(outgoing)
    await ledger.accepted(outgoing, ())


async def _begun(database: Database, workflow_id: str) -> None:
    link, dies_at = LinkOf(workflow_id, "link"), datetime(2031, 1, 1, tzinfo=UTC)
    async with database.writing() as connection:
        await progress.begin(connection, link, Channel.EMAIL, hint="c•••", sends_left=7, dies_at=dies_at)


async def _journalled(database: Database) -> list[tuple[str, str, str]]:
    return [(row["event"], row["outcome"], row["detail"]) for row in await rows(database, journal)][1:]


async def test_a_recovery_learns_that_the_mailbox_has_refused_its_mail(
    ledger: Ledger, inbox: BounceInbox, settlement: BounceSettlement, database: Database, recovery: Recovery
) -> None:
    """So do its page, the ledger and the journal, once; of the report no address is kept, before and after it is read."""
    await _begun(database, recovery.id)
    await _accepted(ledger, recovery.id)
    for _ in range(2):
        await inbox.store("link-1", _UNKNOWN)
    assert "camille" not in await text_of(database)
    for _ in range(2):
        await settlement.settle()
    expected = DeliveryReceipt("link-1", delivered=False, reason="bounce-5.1.1").signed(MESSAGING, recovery.id)
    assert await recovery.query(ReceiptListener.received) == [expected]
    noted = await ProgressReader(database).find(recovery.id)
    assert noted is not None
    assert (noted.progress.stage, noted.progress.fault) == (Stage.HELD, "email:bounce-5.1.1")
    assert [(row["outcome"], row["accepted_at"] is None) for row in await rows(database, messages)] == [
        ("bounce-5.1.1", False)
    ]
    assert await _journalled(database) == [("message:send:failed", "bounce-5.1.1", "exemple.fr")]
    assert {(row["kind"], row["status"], row["sealed"]) for row in await rows(database, bounces)} == {
        ("final", "5.1.1", None)
    }


async def test_a_delay_is_only_journalled(
    ledger: Ledger, inbox: BounceInbox, settlement: BounceSettlement, database: Database, recovery: Recovery
) -> None:
    """The server still tries; an automatic answer says nothing at all."""
    await _accepted(ledger, recovery.id)
    await inbox.note("link-1", BounceReport(BounceKind.DELAYED, "4.7.1"))
    await inbox.store("link-1", _VACATION)
    await settlement.settle()
    assert await recovery.query(ReceiptListener.received) == []
    assert await _journalled(database) == [("message:send:delayed", "4.7.1", "exemple.fr")]
    assert {row["outcome"] for row in await rows(database, messages)} == {"accepted"}


@pytest.mark.parametrize("message_id", ["link-avis", "link-2-1"])
async def test_what_no_recovery_waits_for_is_journalled(
    ledger: Ledger,
    inbox: BounceInbox,
    settlement: BounceSettlement,
    database: Database,
    recovery: Recovery,
    message_id: str,
) -> None:
    """A notice, and 2011's identifier: neither holds the recovery."""
    await _accepted(ledger, recovery.id, message_id)
    await inbox.note(message_id, _FINAL)
    await settlement.settle()
    assert await recovery.query(ReceiptListener.received) == []
    assert await _journalled(database) == [("message:send:failed", "bounce-5.2.2", "exemple.fr")]


async def test_a_bounce_after_the_end_and_one_of_no_message_are_noted(
    ledger: Ledger,
    inbox: BounceInbox,
    settlement: BounceSettlement,
    database: Database,
    recovery: Recovery,
    now: Clock,
) -> None:
    """Nothing is raised, and what comes behind them is settled; whose message is not known is waited for."""
    await _accepted(ledger, "code-de-vote/ended")
    for message_id in ("link-1", "of a sign-in code", "link-1"):
        await inbox.note(message_id, _FINAL)
    await settlement.settle()
    settled = {row["message_id"]: bool(row["settled_at"]) for row in await rows(database, bounces)}
    assert settled == {"link-1": True, "of a sign-in code": False}
    now.advance(_MESSAGE_WITHIN)
    await settlement.settle()
    assert all(row["settled_at"] for row in await rows(database, bounces))
    assert await _journalled(database) == [("message:send:failed", "bounce-5.2.2", "exemple.fr")]
    assert await recovery.query(ReceiptListener.received) == []


async def test_a_mail_that_has_no_end_is_settled(
    inbox: BounceInbox,
    settlement: BounceSettlement,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    now: Clock,
) -> None:
    """As one that says nothing, so that no later run begins with it again; so is what comes behind it."""
    monkeypatch.setattr(report_reader, "LONGEST", 0.1)
    await inbox.store("link-1", ENDLESS["expression"])
    await inbox.store("link-2", _UNKNOWN)
    now.advance(_MESSAGE_WITHIN)
    await settlement.settle()
    assert {row["message_id"]: (row["kind"], row["sealed"]) for row in await rows(database, bounces)} == {
        "link-1": ("other", None),
        "link-2": ("final", None),
    }


_KILLED_BY_ITS_MAIL = """#!/bin/sh
exec {python} -c '
import os, signal, sys
from activities.bounces import reading_process
read = reading_process.read_report
def read_or_die(mail):
    if mail == b"heavy":
        os.kill(os.getpid(), signal.SIGKILL)
    return read(mail)
reading_process.read_report = read_or_die
sys.argv[1:] = sys.argv[-1:]
reading_process.main()
' "$@"
"""


async def test_a_mail_on_which_the_reader_is_killed_holds_up_no_other_for_long(
    inbox: BounceInbox,
    settlement: BounceSettlement,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    now: Clock,
) -> None:
    """The system may do so each time, if memory is short: after the second time it stays unread, and what comes behind it is settled."""
    program = tmp_path / "python"
    program.write_text(_KILLED_BY_ITS_MAIL.format(python=sys.executable))
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    await inbox.store("link-1", b"heavy")
    await inbox.store("link-2", _UNKNOWN)
    now.advance(_MESSAGE_WITHIN)
    for _ in range(2):
        await settlement.settle()
        assert {row["settled_at"] for row in await rows(database, bounces)} == {None}
    await settlement.settle()
    assert {row["message_id"]: (row["kind"], row["sealed"] is None) for row in await rows(database, bounces)} == {
        "link-1": ("", False),
        "link-2": ("final", True),
    }


async def test_a_report_that_cannot_be_read_now_waits(
    inbox: BounceInbox,
    settlement: BounceSettlement,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    now: Clock,
) -> None:
    """For the next run, which reads it: nothing is settled without having been read."""
    await inbox.store("link-1", _UNKNOWN)
    now.advance(_MESSAGE_WITHIN)
    with monkeypatch.context() as without:
        without.setattr(sys, "executable", "/nowhere/python")
        await settlement.settle()
    assert [row["settled_at"] for row in await rows(database, bounces)] == [None]
    await settlement.settle()
    assert [(row["kind"], row["sealed"]) for row in await rows(database, bounces)] == [("final", None)]


async def test_a_bounce_before_the_acceptance_waits_for_it(
    ledger: Ledger, inbox: BounceInbox, settlement: BounceSettlement, database: Database, now: Clock
) -> None:
    """It would be overwritten; one whose acceptance was never written is settled after five minutes."""
    for message_id in ("link-1", "lost-1"):
        await ledger.begin(
            Outgoing(message_id, "code-de-vote/ended", message_id[:4], "email", "smtp", "exemple.fr")
        )
        await inbox.note(message_id, _FINAL)
    await settlement.settle()
    assert {row["settled_at"] for row in await rows(database, bounces)} == {None}
    await ledger.accepted(Outgoing("link-1", "code-de-vote/ended", "link", "email", "smtp", "exemple.fr"), ())
    await settlement.settle()
    assert {row["id"]: row["outcome"] for row in await rows(database, messages)} == {
        "link-1": "bounce-5.2.2",
        "lost-1": None,
    }
    now.advance(_MESSAGE_WITHIN)
    await settlement.settle()
    assert {row["outcome"] for row in await rows(database, messages)} == {"bounce-5.2.2"}

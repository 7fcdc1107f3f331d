"""A mailing's mail that comes back has failed, and is sent again as another message."""

from activities.bounces.inbox import BounceInbox
from activities.bounces.report import BounceKind, BounceReport
from activities.bounces.settlement import BounceSettlement
from activities.evidence.journal import Journal
from activities.outbox.rows import Outbox
from activities.sending.receipts import Receipts
from activities.store.database import Database
from activities.store.tables import messages
from election.settings import Election
from tests.activities.mailings.post import Post, order_of
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.signing import MESSAGING_SEED


async def test_a_mail_that_came_back_is_counted_and_sent_again(
    post: Post, database: Database, receipts: Receipts, journal: Journal, election: Election, now: Clock
) -> None:
    """With the same link and another id, so that ledger and journal have both; a late second report changes nothing."""
    await post.prepares()
    await post.sends()
    (link_id, *_) = [row.link_id for row in await post.rows()]
    inbox = BounceInbox(database, bytes.fromhex(MESSAGING_SEED), now)
    settlement = BounceSettlement(database, inbox, receipts, journal, election.calendar.links_expire, now)
    await inbox.note(f"{link_id}-1", BounceReport(BounceKind.FINAL, "5.2.2"))
    await settlement.settle()
    async with database.reading() as connection:
        counts = await Outbox(now).count(connection, "envoi-1")
    assert (counts.accepted, counts.failed, counts.bounced) == (23, {"bounce-5.2.2": 1}, 1)
    await post.mailings.retry_page(order_of(cause="bounce-5.2.2"))
    await post.sends()
    await inbox.note(f"{link_id}-1", BounceReport(BounceKind.FINAL, "5.2.2"))
    await settlement.settle()
    assert set(await post.states()) == {"accepted"}
    of_link = {
        row["id"]: row["outcome"] for row in await rows(database, messages) if row["delivery_id"] == link_id
    }
    assert of_link == {f"{link_id}-1": "bounce-5.2.2", f"{link_id}-2": "accepted"}


async def test_a_report_that_comes_before_the_answer_is_written_is_counted_all_the_same(
    post: Post, database: Database, receipts: Receipts, journal: Journal, election: Election, now: Clock
) -> None:
    """The ledger has no line of the mail until then, as when the database stalls after the relay has answered."""
    await post.prepares()
    (link_id, *_) = [row.link_id for row in await post.rows()]
    inbox = BounceInbox(database, bytes.fromhex(MESSAGING_SEED), now)
    settlement = BounceSettlement(database, inbox, receipts, journal, election.calendar.links_expire, now)
    await inbox.note(f"{link_id}-1", BounceReport(BounceKind.FINAL, "5.2.2"))
    await settlement.settle()
    await post.sends()
    await settlement.settle()
    assert (await post.mailings.count_mails("envoi-1")).failed == {"bounce-5.2.2": 1}

"""An act takes its snapshot once, orders each recovery once, and counts what became of each by the recoveries' own rows."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from activities.acts.bulk_acts import BulkActs, sentence_of
from activities.acts.bulk_items import BulkItems, ItemClaim
from activities.acts.bulk_order import ActState, BulkKind, BulkOrder, ItemState, ItemWhy
from activities.acts.bulk_orders import ActCounts, ActNote, BulkOrders, act_workflow_id
from activities.config.errors import InvalidIdError
from activities.evidence.journal import Event, Journal
from activities.progress import rows as progress
from activities.progress.failure_filter import FailureFilter
from activities.progress.failures import Failures
from activities.progress.rows import LinkOf, SendOf
from activities.recoveries.clicks import InvalidSignatureError
from activities.security.signed_orders import signed
from activities.store.act_tables import bulk_items
from activities.store.database import Database
from activities.store.progress_table import progress as progress_table
from activities.store.tables import journal as journal_table
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.stages import Channel, Stage
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.held_recoveries import Send, add_sends
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.typography import faults

BUSY, GONE = "sms:smpp-0x00000014", "email:smtp-550"
NAME = "Dominique Exemple"


class Held:
    """Recoveries that are held, and what happens to them next."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    async def add(self, subject: str, fault: str = BUSY, procedure: Procedure = Procedure.VOTING_CODE) -> str:
        """Add a held recovery, and return its workflow id."""
        workflow_id = workflow_id_of(procedure, subject)
        dies_at = self._now() + timedelta(days=3650)
        async with self._database.writing() as connection:
            link, channel = LinkOf(workflow_id, f"link of {subject}"), Channel(fault.partition(":")[0])
            await progress.begin(connection, link, channel, hint="•", sends_left=1, dies_at=dies_at)
            await progress.hold(connection, SendOf(workflow_id, link.link_id, 1), fault, dies_at)
        return workflow_id

    async def becomes(self, change: Callable[..., Any], subject: str, *args: Any, **values: Any) -> None:
        """Make a change of a recovery's second send, or of its link."""
        of = (workflow_id_of(Procedure.VOTING_CODE, subject), f"link of {subject}")
        is_of_send = change in {progress.accept, progress.hold}
        async with self._database.writing() as connection:
            await change(connection, SendOf(*of, 2) if is_of_send else LinkOf(*of), *args, **values)


@pytest.fixture
def held(database: Database, now: Clock) -> Held:
    """No recovery yet."""
    return Held(database, now)


@pytest.fixture
def orders(database: Database, election: Election, now: Clock) -> BulkOrders:
    """The activities of acts."""
    return BulkOrders(database, Journal(database, election, now), election, CONSOLE.public_key, now)


@pytest.fixture
def items(database: Database) -> BulkItems:
    """The items of acts."""
    return BulkItems(database)


@pytest.fixture
def acts(database: Database) -> BulkActs:
    """What the console reads."""
    return BulkActs(database)


def _order(act_id: str, **changes: Any) -> BulkOrder:
    return replace(BulkOrder(act_id, BulkKind.RETRY, NAME, "opérateur rétabli"), **changes)


def _signed(order: BulkOrder, now: Clock) -> BulkOrder:
    return signed(CONSOLE, act_workflow_id(order.id), order, now())


async def _obeys(items: BulkItems, database: Database, act_id: str, workflow_id: str) -> bool:
    claimed = await items.claim_item(ItemClaim(act_id, workflow_id, "retry_send", "token"))
    if claimed.is_claimed:
        [row] = [each for each in await rows(database, progress_table) if each["workflow_id"] == workflow_id]
        async with database.writing() as connection:
            await progress.retry(connection, SendOf(workflow_id, row["link_id"], 2))
    return claimed.is_claimed


async def test_the_snapshot_has_what_the_filter_matches(orders: BulkOrders, held: Held) -> None:
    """By cause, with or without its channel, by channel and by procedure; what is held later is not in it."""
    busy = [await held.add(f"{number}") for number in range(3)]
    await held.add("3", GONE)
    other = await held.add("4", BUSY, Procedure.PASSWORD)
    filters: list[tuple[dict[str, str], int]] = [
        ({}, 5),
        ({"cause": BUSY}, 4),
        ({"cause": "smpp-0x00000014", "procedure": "voting-code"}, 3),
        ({"channel": "email"}, 1),
        ({"procedure": "password"}, 1),
        ({"held_until": "2001-01-01T00:00:00+00:00"}, 0),
        ({"cause": "smpp-0x0000001"}, 0),
    ]
    for number, (what, expected) in enumerate(filters):
        counts = (await orders.begin_act(_order(str(number), **what))).counts
        assert (counts.total, counts.waiting) == (expected, expected), what
        await orders.skip_waiting(str(number))
    listed = (busy[0], other, "code-de-vote/nobody")
    counts = (await orders.begin_act(_order("list", workflow_ids=listed))).counts
    assert (counts.waiting, counts.skipped) == (2, 1)


@pytest.mark.parametrize(
    ("channel", "cause", "number"),
    [
        ("", "", 4),
        ("sms", "", 1),
        ("database", "", 2),
        ("", "DataError", 2),
        ("sms", "DataError", 0),
        ("database", "database:DataError", 2),
        ("", BUSY, 1),
    ],
)
async def test_an_act_takes_what_the_page_of_failures_counts(
    orders: BulkOrders, database: Database, channel: str, cause: str, number: int
) -> None:
    """A fault's channel is what it begins with, not that of the message; what has died or has no fault is in neither."""
    died, data = datetime(2020, 1, 1, tzinfo=UTC), "database:DataError"
    await add_sends(
        database,
        Send(BUSY, 1),
        Send(GONE, 2),
        Send(data, 3, channel=Channel.SMS),
        Send(data, 4, channel=Channel.EMAIL),
        Send(data, 5, channel=Channel.SMS, dies_at=died),
        Send("", 6),
        Send(BUSY, 7, stage=Stage.SENDING),
    )
    asked = FailureFilter(channel, causes=(cause,) if cause else ())
    counted = await Failures(database).held_by_cause(asked)
    ordered = (await orders.begin_act(_order("act", channel=channel, cause=cause))).counts
    assert (sum(each.count for each in counted), ordered.total) == (number, number)
    assert {each.workflow_id for each in await Failures(database).held(asked, 10)} == {
        each["workflow_id"] for each in await rows(database, bulk_items)
    }


async def test_an_act_begins_once(orders: BulkOrders, held: Held, database: Database) -> None:
    """Run again, also after another recovery is held, it has the same snapshot and one line of the journal."""
    await held.add("1")
    first = await orders.begin_act(_order("act"))
    await held.add("2")
    assert await orders.begin_act(_order("act")) == first
    [entry] = await rows(database, journal_table)
    assert (entry["event"], entry["actor"], entry["workflow_id"]) == ("operator:act:begun", NAME, "acte/act")
    assert entry["detail"] == "nom tapé, non vérifié\u00a0: retry, 1 / 1"


async def test_of_two_acts_at_once_each_recovery_obeys_one(orders: BulkOrders, acts: BulkActs, held: Held) -> None:
    """Begun at the same moment with overlapping filters; the other one says why it has skipped it."""
    for number in range(40):
        await held.add(f"{number}")
    begun = await asyncio.gather(
        orders.begin_act(_order("a")), orders.begin_act(_order("b", cause=BUSY)), orders.begin_act(_order("c"))
    )
    assert sum(each.counts.waiting for each in begun) == 40
    assert {each.counts.total for each in begun} == {40}
    whys = [why for act in "abc" for why in await acts.whys(act)]
    assert [(why.state, why.why, why.number) for why in whys] == [(ItemState.SKIPPED, ItemWhy.CLAIMED, 40)] * 2


async def test_a_recovery_obeys_once(orders: BulkOrders, items: BulkItems, held: Held) -> None:
    """Asked again with the same token after a kill it gets the same answer, with another none; so for another act or order."""
    recovery = await held.add("1")
    await orders.begin_act(_order("act", gateway="sms-2", kind=BulkKind.RETRY_BY_OTHER))
    claim = ItemClaim("act", recovery, "retry_send", "token")
    assert not (await items.claim_item(replace(claim, order="cancel"))).is_claimed
    assert not (await items.claim_item(replace(claim, act_id="other"))).is_claimed
    first = await items.claim_item(claim)
    assert (first.operator, first.gateway, first.reason, first.is_verified) == (
        NAME,
        "sms-2",
        "opérateur rétabli",
        False,
    )
    assert await items.claim_item(claim) == first
    assert not (await items.claim_item(replace(claim, token="another"))).is_claimed
    assert await items.waiting("act", 10) == []


async def test_a_recovery_that_asks_again_after_it_has_obeyed_still_counts(
    orders: BulkOrders, items: BulkItems, held: Held, database: Database
) -> None:
    """A kill loses both answers at once: its row has the new send already."""
    recovery = await held.add("1")
    await orders.begin_act(_order("act"))
    assert await _obeys(items, database, "act", recovery)
    assert await _obeys(items, database, "act", recovery)
    await held.becomes(progress.accept, "1", dies_at=None, lives=None)
    assert (await orders.count_act("act")).sent == 1


async def test_a_paused_act_is_for_nobody(
    orders: BulkOrders, items: BulkItems, held: Held, acts: BulkActs
) -> None:
    """At once; resumed it is, and once stopped it stays so."""
    recovery = await held.add("1")
    await orders.begin_act(_order("act"))
    claim = ItemClaim("act", recovery, "retry_send", "token")
    await orders.note_act(ActNote("1", "act", Event.OPERATOR_ACT_PAUSED, NAME, state=ActState.PAUSED))
    assert await items.act_to_order("act") is None
    assert not (await items.claim_item(claim)).is_claimed
    await orders.note_act(ActNote("2", "act", Event.OPERATOR_ACT_RESUMED, NAME, state=ActState.RUNNING))
    await orders.note_act(ActNote("3", "act", Event.OPERATOR_ACT_PACED, NAME, rate=50.0))
    found = await acts.act("act")
    assert found is not None
    assert (found.state, found.rate) == (ActState.RUNNING, 50.0)
    await orders.note_act(ActNote("4", "act", Event.OPERATOR_ACT_STOPPED, NAME, state=ActState.STOPPED))
    assert not (await items.claim_item(claim)).is_claimed
    assert (await orders.skip_waiting("act")).skipped == 1
    await orders.end_act("act")
    assert [(each.id, each.state) for each in await acts.recent()] == [("act", ActState.STOPPED)]


async def test_an_act_that_has_ended_stays_so(orders: BulkOrders, held: Held, acts: BulkActs) -> None:
    """An order that came while it was ending is journalled afterwards, and changes nothing."""
    await held.add("1")
    await orders.begin_act(_order("act"))
    await orders.end_act("act")
    await orders.note_act(ActNote("1", "act", Event.OPERATOR_ACT_PAUSED, NAME, state=ActState.PAUSED))
    await orders.note_act(ActNote("2", "act", Event.OPERATOR_ACT_STOPPED, NAME, state=ActState.STOPPED))
    assert [each.state for each in await acts.recent()] == [ActState.DONE]


async def test_the_counts_say_what_was_really_sent(
    orders: BulkOrders, items: BulkItems, held: Held, acts: BulkActs, database: Database
) -> None:
    """Accepted, failed again with its cause, replaced by the voter, ended before; and at the end, what nobody has news of."""
    subjects = ("sent", "used", "failed", "replaced", "cancelled", "silent", "waiting")
    recoveries = {each: await held.add(each) for each in subjects}
    await orders.begin_act(_order("act"))
    for each in subjects[:-1]:
        assert await _obeys(items, database, "act", recoveries[each])
    assert await orders.count_act("act") == ActCounts(7, waiting=1, ordered=6)
    await held.becomes(progress.accept, "sent", dies_at=None, lives=None)
    await held.becomes(progress.display, "used", timedelta(minutes=2))
    await held.becomes(progress.hold, "failed", GONE, progress_end())
    async with database.writing() as connection:
        newer = LinkOf(recoveries["replaced"], "another")
        await progress.begin(connection, newer, Channel.SMS, hint="•", sends_left=1, dies_at=progress_end())
    await held.becomes(progress.settle, "cancelled", Stage.CANCELLED)
    expected = ActCounts(7, waiting=1, ordered=1, sent=2, failed=2, skipped=1)
    assert await orders.count_act("act") == expected
    assert await orders.count_act("act") == expected
    await items.skip("act", recoveries["waiting"], ItemWhy.GONE)
    await items.skip("act", recoveries["sent"], ItemWhy.GONE)  # what was ordered is not skipped
    assert await orders.end_act("act") == ActCounts(7, sent=2, failed=3, skipped=2)
    found = await acts.act("act")
    assert found is not None
    assert (found.state, found.sent, found.failed, found.skipped, found.waiting) == (ActState.DONE, 2, 3, 2, 0)
    assert {why.why for why in await acts.whys("act")} == {GONE, "ended", "no-news", "replaced", "gone"}
    assert [each.workflow_id for each in await acts.items("act", ItemState.SENT)] == sorted(
        [recoveries["sent"], recoveries["used"]]
    )


def progress_end() -> Any:
    """Return an instant far away."""
    return Clock()() + timedelta(days=3650)


async def test_a_cancelled_recovery_counts_once_it_has_ended(
    orders: BulkOrders, items: BulkItems, held: Held, database: Database
) -> None:
    """Whatever its ending is: nothing waits there any more."""
    recovery = await held.add("1")
    await orders.begin_act(_order("act", kind=BulkKind.CANCEL))
    assert (await items.claim_item(ItemClaim("act", recovery, "cancel", "token"))).is_claimed
    assert (await orders.count_act("act")).ordered == 1
    async with database.writing() as connection:
        await connection.execute(update(progress_table).values(stage=Stage.CANCELLED))
    assert (await orders.count_act("act")).sent == 1


async def test_a_forged_act_does_nothing(orders: BulkOrders, held: Held, acts: BulkActs, now: Clock) -> None:
    """Signed by somebody else, or changed after the console has signed it; the console's own is verified."""
    await held.add("1")
    order = _order("act", cause=BUSY)
    forged = signed(SOMEBODY, act_workflow_id("act"), order, now())
    for each in (forged, replace(_signed(order, now), cause=""), replace(_signed(order, now), id="another")):
        with pytest.raises(InvalidSignatureError):
            await orders.begin_act(each)
    assert await acts.recent() == []
    assert (await orders.begin_act(_signed(order, now))).is_verified
    [found] = await acts.recent()
    assert found.is_verified


@pytest.mark.parametrize(
    "wrong",
    [
        {"procedure": "vote"},
        {"held_until": "hier"},
        {"workflow_ids": ("x" * 101,)},
        {"workflow_ids": ("a\0",)},
        {"workflow_ids": ("a",) * 1001},
    ],
)
async def test_a_filter_that_is_none_is_final(orders: BulkOrders, wrong: dict[str, Any]) -> None:
    """It would wait for an operator for ever."""
    with pytest.raises(InvalidIdError):
        await orders.begin_act(_order("act", **wrong))


async def test_any_text_can_be_kept(orders: BulkOrders, acts: BulkActs) -> None:
    """Of any length, with what PostgreSQL does not keep."""
    text = "é\0" * 300
    await orders.begin_act(BulkOrder("act", BulkKind.RETRY, text, text, cause=text, channel=text, gateway=text))
    [found] = await acts.recent()
    assert (len(found.operator), len(found.reason)) == (64, 253)


def test_each_reason_has_a_french_sentence() -> None:
    """Ours and a gateway's."""
    for why in (*ItemWhy, BUSY, GONE):
        assert sentence_of(why).endswith(".")
        assert faults(sentence_of(why)) == []

"""The activities of an act in the database: its snapshot, its counts and its lines of the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, case, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.acts.bulk_order import ENDED, MOST_IDS, ActState, BulkOrder, ItemState, ItemWhy
from activities.acts.outcomes import SETTLE
from activities.config.errors import InvalidIdError
from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, storable
from activities.progress.failure_filter import FailureFilter, is_held
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.settlements import detail_of
from activities.security.signed_orders import is_from_console
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.database import Database
from activities.store.progress_table import progress
from election.procedures import Procedure
from election.settings import Election

_ITEM, _ACT, _NOW = bulk_items.c, bulk_acts.c, func.clock_timestamp()
_LONGEST_ID = 100  # as the column
# An arbitrary number, the same for every process: snapshots are taken one after another.
_LOCK = text(f"SELECT pg_advisory_xact_lock({0xAC75})")
_OF_ACT = _ITEM.act_id == bindparam("act")
_ADD = insert(bulk_acts).on_conflict_do_nothing().returning(_ACT.id)
_NAMES = ["act_id", "workflow_id", "state", "why", "tries", "changed_at"]
# Given ids, not rows: one that is not held has no row to be found by.
_LISTED = func.unnest(bindparam("ids", type_=ARRAY(String))).column_valued("listed")
_FAR = datetime(9999, 1, 1, tzinfo=UTC)  # the `held_until` of an act that has none


def _item(workflow_id: Any, state: ItemState, why: str = "") -> Any:
    return select(
        bindparam("act", type_=String), workflow_id, literal(state.value), literal(str(why)), literal(0), _NOW
    )


def _insert(of: Any) -> Any:
    # Without a target: neither an item of this act nor one that another act has before it.
    return insert(bulk_items).from_select(_NAMES, of).on_conflict_do_nothing()


_FOUND = _item(progress.c.workflow_id, ItemState.WAITING)
_CLAIMED = _item(progress.c.workflow_id, ItemState.SKIPPED, ItemWhy.CLAIMED)
_NOT_HELD = _insert(_item(_LISTED, ItemState.SKIPPED, ItemWhy.NOT_HELD))
_TOTAL = select(func.count()).where(_OF_ACT).scalar_subquery()
_SET_TOTAL = update(bulk_acts).where(_ACT.id == bindparam("act")).values(total=_TOTAL)
_COUNTS = select(_ITEM.state, func.count().label("number")).where(_OF_ACT).group_by(_ITEM.state)
_WRITE = (
    update(bulk_acts)
    .where(_ACT.id == bindparam("act"))
    .values(
        sent=bindparam("now_sent"),
        failed=bindparam("now_failed"),
        skipped=bindparam("now_skipped"),
        changed_at=_NOW,
    )
)
_CHANGE = (
    update(bulk_acts)
    .where(_ACT.id == bindparam("act"))
    .values(
        # An order may come while the act ends, and is noted afterwards.
        state=case(
            (_ACT.state.in_(ENDED), _ACT.state),
            else_=func.coalesce(bindparam("to", type_=String), _ACT.state),
        ),
        rate=func.coalesce(bindparam("per_second", type_=_ACT.rate.type), _ACT.rate),
        changed_at=_NOW,
    )
)
_CLOSE = (
    update(bulk_items)
    .where(_OF_ACT, _ITEM.state == bindparam("was"))
    .values(state=bindparam("to"), why=bindparam("because"), changed_at=_NOW)
)


@dataclass(frozen=True)
class ActCounts:
    """How many recoveries of an act are in which state."""

    total: int = 0
    waiting: int = 0
    ordered: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class BegunAct:
    """The settings of an act, as the worker reads them when it begins: they are no part of the order, which anybody could forge.

    `console_key` verifies the orders to the act. After its last order an act waits for outcomes for `settle_for`. The bureau
    is told at so many addresses.
    """

    counts: ActCounts
    console_key: str
    time_zone: str
    settle_for: timedelta
    is_verified: bool
    bureau_addresses: int = 0


@dataclass(frozen=True)
class ActNote:
    """An operator's order to an act, for the journal, and the state or rate that it has from then on."""

    id: str
    act_id: str
    event: Event
    operator: str
    is_verified: bool = False
    state: ActState | None = None
    rate: float | None = None


class BulkOrders:
    """Begins, counts and ends acts; their workflow runs these as local activities."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        election: Election,
        console_key: str,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._journal = journal
        self._election = election
        self._console_key = console_key
        self._now = now

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [self.begin_act, self.count_act, self.note_act, self.skip_waiting, self.end_act]

    @activity.defn
    async def begin_act(self, order: BulkOrder) -> BegunAct:
        """Take the snapshot of an act's recoveries, once, and return how many they are.

        What another act has before it is skipped: of two operators who act on the same at once, each recovery obeys one.

        Raises:
            InvalidSignatureError: somebody else than the console has signed it.
        """
        is_verified = bool(self._console_key and order.signature)
        if is_verified and not is_from_console(self._console_key, act_workflow_id(order.id), order):
            raise InvalidSignatureError("the console has not signed this act")
        async with self._database.writing() as connection:
            await connection.execute(_LOCK)
            row = self._row(order, is_verified=is_verified)
            if (await connection.execute(_ADD, row)).one_or_none() is not None:
                await _take_snapshot(connection, order)
                await connection.execute(_SET_TOTAL, {"act": order.id})
                counts = await _count(connection, order.id)
                detail = f"{order.kind}, {counts.waiting} / {counts.total}"
                await self._record(
                    connection, order.id, "begun", order.operator, Event.OPERATOR_ACT_BEGUN, detail, is_verified
                )
            counts = await _count(connection, order.id)
        settle_for = self._election.delivery.retry_for + timedelta(minutes=5)
        brought = (self._console_key, self._election.time_zone, settle_for, is_verified)
        return BegunAct(counts, *brought, len(self._election.bureau.emails))

    @activity.defn
    async def count_act(self, act_id: str) -> ActCounts:
        """Settle what has an outcome, and return the counts."""
        async with self._database.writing() as connection:
            await connection.execute(SETTLE, {"act": act_id})
            return await _count(connection, act_id)

    @activity.defn
    async def note_act(self, note: ActNote) -> None:
        """Journal an operator's order to an act, and change its rate, or its state unless it is over."""
        detail = f"{note.rate:g}/s" if note.rate is not None else ""
        async with self._database.writing() as connection:
            changes = {"act": note.act_id, "to": note.state, "per_second": note.rate}
            await connection.execute(_CHANGE, changes)
            await self._record(
                connection, note.act_id, note.id, note.operator, note.event, detail, note.is_verified
            )

    @activity.defn
    async def skip_waiting(self, act_id: str) -> ActCounts:
        """Skip what a stopped act has not ordered, and return the counts."""
        return await self._close(act_id, ItemState.WAITING, ItemState.SKIPPED, ItemWhy.STOPPED)

    @activity.defn
    async def end_act(self, act_id: str) -> ActCounts:
        """End an act: what has no outcome yet counts as failed. Return the counts, which are journalled."""
        counts = await self._close(act_id, ItemState.ORDERED, ItemState.FAILED, ItemWhy.NO_NEWS)
        detail = f"sent {counts.sent}, failed {counts.failed}, skipped {counts.skipped} / {counts.total}"
        async with self._database.writing() as connection:
            await connection.execute(_CHANGE, {"act": act_id, "to": ActState.DONE, "per_second": None})
            await self._record(connection, act_id, "ended", "", Event.OPERATOR_ACT_ENDED, detail, is_verified=True)
        return counts

    async def _close(self, act_id: str, was: ItemState, to: ItemState, why: ItemWhy) -> ActCounts:
        async with self._database.writing() as connection:
            await connection.execute(SETTLE, {"act": act_id})
            await connection.execute(_CLOSE, {"act": act_id, "was": was, "to": to, "because": why})
            return await _count(connection, act_id)

    async def _record(
        self,
        connection: AsyncConnection,
        act_id: str,
        entry: str,
        who: str,
        event: Event,
        detail: str,
        is_verified: bool,
    ) -> None:
        where, said = act_workflow_id(act_id), detail_of(detail, is_verified=is_verified)
        await self._journal.record(connection, Entry(f"act:{act_id}:{entry}", event, who, where, detail=said))

    def _row(self, order: BulkOrder, *, is_verified: bool) -> dict[str, Any]:
        lengths = {"cause": 80, "channel": 8, "procedure": 32, "gateway": 32, "operator": 64}
        given = {name: storable(getattr(order, name), length) for name, length in lengths.items()}
        said = {"reason": storable(scrubbed(order.reason), 253), "is_verified": is_verified, "rate": order.rate}
        now, zero = self._now(), dict.fromkeys(("total", "sent", "failed", "skipped"), 0)
        at = {"held_until": _asked_by(order).held_until or _FAR, "created_at": now, "changed_at": now}
        return {"id": order.id, "kind": order.kind, "state": ActState.RUNNING, **given, **said, **zero, **at}


def act_workflow_id(act_id: str) -> str:
    """Return the id of an act's workflow."""
    return f"acte/{act_id}"


def _asked_by(order: BulkOrder) -> FailureFilter:
    """Return the filter of an order.

    Raises:
        InvalidIdError: it names a procedure, an instant or a recovery that is none.
    """
    if len(order.workflow_ids) > MOST_IDS or not all(_is_id(each) for each in order.workflow_ids):
        raise InvalidIdError("not ids of ours")
    try:
        until = datetime.fromisoformat(order.held_until) if order.held_until else None
        if order.workflow_ids:
            return FailureFilter(held_until=until, workflow_ids=order.workflow_ids)
        procedure = Procedure(order.procedure) if order.procedure else None
    except ValueError:
        raise InvalidIdError("not a filter of ours") from None
    channel, cause = (text.replace("\0", "") for text in (order.channel, order.cause))
    return FailureFilter(channel, procedure, (cause,) if cause else (), until)


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()


async def _take_snapshot(connection: AsyncConnection, order: BulkOrder) -> None:
    held = is_held(_asked_by(order))
    for items in (_FOUND, _CLAIMED):
        await connection.execute(_insert(items.where(held)), {"act": order.id})
    if order.workflow_ids:
        await connection.execute(_NOT_HELD, {"act": order.id, "ids": list(order.workflow_ids)})


async def _count(connection: AsyncConnection, act_id: str) -> ActCounts:
    rows = (await connection.execute(_COUNTS, {"act": act_id})).all()
    number = {row.state: int(row.number) for row in rows}
    counts = ActCounts(sum(number.values()), **{state: number.get(state, 0) for state in ItemState})
    written = {"now_sent": counts.sent, "now_failed": counts.failed, "now_skipped": counts.skipped}
    await connection.execute(_WRITE, {"act": act_id, **written})
    return counts

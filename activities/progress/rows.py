"""Notes where each recovery stands, in the transactions that its activities make anyway; the web reads it.

Each function changes one row in the caller's transaction, as its last statement: no two transactions wait for each other.
An activity that calls two of them does so for the same row.
Each is idempotent, and one for a link that a newer one has replaced changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, Interval, Update, and_, bindparam, case, func, null, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.progress_table import progress
from activities.store.schema import Instant
from election.stages import ENDINGS, Channel, Stage

_COLUMNS = progress.c
_NOW = func.clock_timestamp()  # now() would be the begin of a transaction that may take long
_CHANGED = {"since": _NOW, "changed_at": _NOW}
_IS_HELD = _COLUMNS.stage == Stage.HELD
_IS_UNDER_WAY = _COLUMNS.stage.in_((Stage.SENDING, Stage.HELD))
_DIES_AT = bindparam("dies", type_=Instant)
_UNTIL = _NOW + bindparam("window", type_=Interval)
_NUMBER = bindparam("number", type_=Integer)
_TO = bindparam("to", type_=_COLUMNS.stage.type)
# LEAST ignores what is NULL.
_SHORTENED = func.least(_COLUMNS.dies_at, _DIES_AT, _NOW + bindparam("lives", type_=Interval))
_IS_OVER = (
    _COLUMNS.stage.in_(ENDINGS)
    | ((_COLUMNS.stage == Stage.DISPLAYING) & (_COLUMNS.display_until <= _NOW))
    | (_COLUMNS.dies_at <= _NOW)
)
_EMPTY = {
    "channel": null(),
    "hint": "",
    "begun_at": null(),
    "accepted_at": null(),
    "delivered_at": null(),
    "dies_at": null(),
    "fault": "",
    "sends_left": 0,
    "display_until": null(),
    "send_number": 1,
}
_ADD = insert(progress).values(
    workflow_id=bindparam("of"), link_id=bindparam("link"), stage=bindparam("to"), **{**_EMPTY, **_CHANGED}
)


def _of_link(*values: Mapping[str, object]) -> Update:
    """Return the change of a row whose newest link is the given one: a newer one has made the row its own."""
    of = update(progress).where(_COLUMNS.workflow_id == bindparam("of"), _COLUMNS.link_id == bindparam("link"))
    return of.values({name: value for each in values for name, value in each.items()})


# An operator's retry begins a send under the next number. The note of the retry and the answers to that send come in any order:
# whichever is first makes the row that of the send. Once 2011's link was used, sends are counted anew, those of the identifier's
# mail: only one that is held can have been retried, and a late answer to the link's own mail changes nothing.
_IS_OF_EARLIER = and_(
    _COLUMNS.send_number < _NUMBER, _IS_UNDER_WAY, or_(_IS_HELD, _COLUMNS.display_until.is_(None))
)
_RETRIED = {
    "stage": case((_IS_OF_EARLIER, Stage.SENDING), else_=_COLUMNS.stage),
    "since": case((_IS_OF_EARLIER, _NOW), else_=_COLUMNS.since),
    "begun_at": case((_IS_OF_EARLIER, _NOW), else_=_COLUMNS.begun_at),
    "accepted_at": case((_IS_OF_EARLIER, null()), else_=_COLUMNS.accepted_at),
    "send_number": _NUMBER,
    "changed_at": _NOW,
}


def _of_send(*values: Mapping[str, object]) -> Update:
    """Return the same by an answer to a send: of an earlier send of the link it says nothing any more."""
    return _of_link(_RETRIED, *values).where(or_(_COLUMNS.send_number == _NUMBER, _IS_OF_EARLIER))


# A new request does not bring the former identifier back: of a message that has replaced it and did not arrive the row still says so.
_STILL_REPLACED = {
    "replaced_at": case(
        (or_(_COLUMNS.stage == Stage.REISSUED, _COLUMNS.delivered_at.is_not(None)), null()),
        else_=_COLUMNS.replaced_at,
    )
}
_BEGUN = {
    "channel": bindparam("by"),
    "begun_at": _NOW,
    "dies_at": _DIES_AT,
    "sends_left": bindparam("left"),
}
_BEGIN = _ADD.values({**_BEGUN, "hint": func.coalesce(bindparam("masked"), "")}).on_conflict_do_update(
    index_elements=["workflow_id"],
    set_={
        **{name: _ADD.excluded[name] for name in (*_EMPTY, "link_id", "stage", "since", "changed_at")},
        # A link that is sent again goes where the one before went.
        "hint": func.coalesce(bindparam("masked"), _COLUMNS.hint),
        **_STILL_REPLACED,
    },
    where=_COLUMNS.link_id != _ADD.excluded.link_id,
)
_REFUSE = _ADD.on_conflict_do_update(
    index_elements=["workflow_id"],
    set_={
        **{name: _ADD.excluded[name] for name in (*_EMPTY, "link_id", "stage", "since", "changed_at")},
        **_STILL_REPLACED,
    },
    where=_IS_OVER,
)
# A receipt may have said that it failed before the gateway's answer was noted.
_HAS_FAILED = and_(_IS_HELD, _COLUMNS.send_number == _NUMBER)
_ACCEPT = _of_send(
    {
        "accepted_at": _NOW,
        "fault": case((_HAS_FAILED, _COLUMNS.fault), else_=""),
        "dies_at": case((_HAS_FAILED, _COLUMNS.dies_at), else_=_SHORTENED),
    }
).where(_IS_UNDER_WAY)
_REPLACE = _of_link({"replaced_at": func.coalesce(_COLUMNS.replaced_at, _NOW), "changed_at": _NOW})
# A recovery of an identifier, which has no link to display, may end before its receipt is noted.
_IS_SENT = and_(_COLUMNS.stage == Stage.REISSUED, _COLUMNS.display_until.is_(None))
_ARRIVED = case((_IS_SENT, Stage.REISSUED), else_=Stage.SENDING)
_DELIVER = _of_send({"stage": _ARRIVED, "fault": "", "delivered_at": _NOW, "dies_at": _SHORTENED}).where(
    or_(_IS_UNDER_WAY, _IS_SENT)
)
_POSTPONE = _of_send({"fault": bindparam("why")}).where(
    or_(_IS_OF_EARLIER, and_(_COLUMNS.stage == Stage.SENDING, _COLUMNS.accepted_at.is_(None)))
)
_HOLD = _of_send({"stage": Stage.HELD, "fault": bindparam("why"), "dies_at": _DIES_AT}, _CHANGED).where(
    or_(_IS_OF_EARLIER, _COLUMNS.stage == Stage.SENDING)
)
# Not once the link was used: the message is another one then, or needed no more (2011).
_BOUNCE = _HOLD.where(_COLUMNS.display_until.is_(None))
_RETRY = _of_send({"fault": ""}).where(_IS_OF_EARLIER)
_EXTEND = _of_link({"dies_at": _DIES_AT, "changed_at": _NOW}).where(_IS_UNDER_WAY)
_SHOWN = {"stage": bindparam("to"), "hint": "", "fault": "", "display_until": _UNTIL}
_DISPLAY = _of_link(_SHOWN, _CHANGED)
_SENDING_TOO = {
    "hint": bindparam("masked"),
    "channel": Channel.EMAIL,
    "begun_at": _NOW,
    "accepted_at": null(),
    "delivered_at": null(),
    "dies_at": _DIES_AT,
    "send_number": 1,
}
_DISPLAY_AND_SEND = _of_link(_SHOWN, _SENDING_TOO, _CHANGED)
_END_DISPLAY = (
    update(progress)
    .where(_COLUMNS.workflow_id == bindparam("of"), _COLUMNS.display_until > _NOW)
    .values(display_until=_NOW, changed_at=_NOW)
)
_FORMER: dict[str, object] = {"link_id": bindparam("former"), "send_number": bindparam("former_send")}
_GIVE_BACK = _of_link(_FORMER, {"changed_at": _NOW})
_GIVE_BACK_USED = _of_link(_FORMER, {"stage": Stage.DISPLAYING, "hint": "", "display_until": _UNTIL}, _CHANGED)
_SETTLED = {"stage": bindparam("to"), "hint": "", "fault": ""}
_GIVE_BACK_ENDED = _of_link(_FORMER, _SETTLED, _CHANGED)
_ABANDON = (
    update(progress)
    .where(_COLUMNS.workflow_id.in_(bindparam("of", expanding=True)), _IS_UNDER_WAY)
    .where(_COLUMNS.changed_at < _NOW - bindparam("age", type_=Interval))
    .values(stage=Stage.CANCELLED, hint="", fault="", **_CHANGED)
)
# A reissue that a cancellation gave up may have been committed all the same: the new code or password is the valid one.
_IS_REISSUED = _COLUMNS.stage.in_((Stage.DISPLAYING, Stage.REISSUED))
_ENDING = case((and_(_TO == Stage.CANCELLED, _IS_REISSUED), Stage.REISSUED), else_=_TO)
_SETTLE = _of_link(_SETTLED, {"stage": _ENDING}, _CHANGED)


@dataclass(frozen=True)
class LinkOf:
    """The newest link of a recovery, or 2018's request: what a row is changed by."""

    workflow_id: str
    link_id: str


@dataclass(frozen=True)
class SendOf:
    """One send of a link's message, or of 2018's identifier: what its answers and receipts change a row by."""

    workflow_id: str
    link_id: str
    number: int


async def begin(
    connection: AsyncConnection,
    link: LinkOf,
    channel: Channel,
    *,
    hint: str | None,
    sends_left: int,
    dies_at: datetime,
) -> None:
    """Note that a message was begun; without a `hint` it goes where the one before went."""
    values = {"by": channel, "masked": hint, "left": sends_left, "dies": dies_at}
    await _run(connection, _BEGIN, link, to=Stage.SENDING, **values)


async def refuse(connection: AsyncConnection, workflow_id: str) -> None:
    """Note that a request was refused, unless an earlier one is still under way."""
    await _run(connection, _REFUSE, LinkOf(workflow_id, ""), to=Stage.REFUSED)


async def accept(
    connection: AsyncConnection, send: SendOf, *, dies_at: datetime | None, lives: timedelta | None
) -> None:
    """Note that a gateway has accepted the message; its link dies at `dies_at` and after it `lives`, at the latest."""
    await _run(connection, _ACCEPT, send, dies=dies_at, lives=lives)


async def replace(connection: AsyncConnection, link: LinkOf) -> None:
    """Note that the identifier of this request or link is active, whatever becomes of its message: the former one is not."""
    await _run(connection, _REPLACE, link)


async def deliver(connection: AsyncConnection, send: SendOf, *, lives: timedelta | None) -> None:
    """Note that the message has arrived, also after a failure; its link dies after it `lives`, at the latest."""
    await _run(connection, _DELIVER, send, dies=None, lives=lives)


async def postpone(connection: AsyncConnection, send: SendOf, fault: str) -> None:
    """Note why the message has not left yet; it is tried again by itself."""
    await _run(connection, _POSTPONE, send, why=fault)


async def hold(connection: AsyncConnection, send: SendOf, fault: str, dies_at: datetime) -> None:
    """Note that the message has failed for good: it waits for an operator or the voter, and the link as long as any."""
    await _run(connection, _HOLD, send, why=fault, dies=dies_at)


async def bounce(connection: AsyncConnection, send: SendOf, fault: str, dies_at: datetime) -> None:
    """Note the same of a link's mail that the mailbox has refused after the relay had accepted it."""
    await _run(connection, _BOUNCE, send, why=fault, dies=dies_at)


async def retry(connection: AsyncConnection, send: SendOf) -> None:
    """Note that an operator retries the message that has failed, by this `send`; what is known of that already stays."""
    await _run(connection, _RETRY, send)


async def extend(connection: AsyncConnection, link: LinkOf, dies_at: datetime) -> None:
    """Note that an operator lets the link live until `dies_at`."""
    await _run(connection, _EXTEND, link, dies=dies_at)


async def display(connection: AsyncConnection, link: LinkOf, window: timedelta) -> None:
    """Note that the link was used, and that the new code is displayed from now on."""
    await _run(connection, _DISPLAY, link, to=Stage.DISPLAYING, window=window)


async def display_and_send(
    connection: AsyncConnection, link: LinkOf, window: timedelta, hint: str, dies_at: datetime
) -> None:
    """Note that 2011's link was used: the password is displayed, and the identifier's e-mail begun."""
    values = {"masked": hint, "dies": dies_at, "window": window}
    await _run(connection, _DISPLAY_AND_SEND, link, to=Stage.SENDING, **values)


async def end_display(connection: AsyncConnection, workflow_id: str) -> None:
    """Note that the display has ended before its time: the voter has noted the code, or an operator cancelled."""
    await connection.execute(_END_DISPLAY, {"of": workflow_id})


async def give_back(
    connection: AsyncConnection,
    link: LinkOf,
    former: SendOf,
    window: timedelta | None,
    ending: Stage | None = None,
) -> None:
    """Note that a new link is not sent: that of the `former` send is the newest, used since with a `window`, or ended.

    The row of one that has ended says so: its recovery may have been settled before or after the new link was registered.
    """
    values: dict[str, object] = {"former": former.link_id, "former_send": former.number}
    if window is not None:
        await _run(connection, _GIVE_BACK_USED, link, **values, window=window)
    elif ending is not None:
        await _run(connection, _GIVE_BACK_ENDED, link, **values, to=ending)
    else:
        await _run(connection, _GIVE_BACK, link, **values)


async def settle(connection: AsyncConnection, link: LinkOf, ending: Stage) -> None:
    """Note how the recovery has ended, and erase the destination."""
    await _run(connection, _SETTLE, link, to=ending)


async def abandon(connection: AsyncConnection, workflow_ids: Iterable[str], age: timedelta) -> None:
    """Note that recoveries were terminated: those whose rows have not changed for so long and say that they are under way."""
    await connection.execute(_ABANDON, {"of": list(workflow_ids), "age": age})


async def _run(connection: AsyncConnection, statement: object, of: LinkOf | SendOf, **values: object) -> None:
    number = {"number": of.number} if isinstance(of, SendOf) else {}
    await connection.execute(statement, {"of": of.workflow_id, "link": of.link_id, **number, **values})  # type: ignore[call-overload]

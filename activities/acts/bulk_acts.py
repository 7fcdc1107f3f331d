"""Reads operators' acts on many recoveries, for the console and the command line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from activities.acts.bulk_order import ActState, BulkKind, ItemState, ItemWhy
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.database import Database
from election.causes import cause_of

_ITEM = bulk_items.c
_ONE = select(bulk_acts).where(bulk_acts.c.id == bindparam("act"))
_RECENT = select(bulk_acts).order_by(bulk_acts.c.created_at.desc()).limit(bindparam("most"))
_WHYS = (
    select(_ITEM.state, _ITEM.why, func.count().label("number"))
    .where(_ITEM.act_id == bindparam("act"), _ITEM.why != "")
    .group_by(_ITEM.state, _ITEM.why)
    .order_by(func.count().desc(), _ITEM.why)
)
_ITEMS = (
    select(_ITEM.workflow_id, _ITEM.state, _ITEM.why, _ITEM.changed_at)
    .where(_ITEM.act_id == bindparam("act"), _ITEM.state == bindparam("in_state"))
    .order_by(_ITEM.workflow_id)
    .limit(bindparam("most"))
)
_SENTENCES = {
    ItemWhy.NOT_HELD: "L’envoi n’était plus en échec.",
    ItemWhy.GONE: "Le réassort était déjà terminé.",
    ItemWhy.REFUSED: "Le réassort a refusé l’ordre.",
    ItemWhy.CLAIMED: "Une autre relance en nombre s’en occupait déjà.",
    ItemWhy.STOPPED: "L’acte a été arrêté avant.",
    ItemWhy.REPLACED: "La personne a refait une demande entre-temps.",
    ItemWhy.ENDED: "Le réassort s’est terminé avant l’envoi.",
    ItemWhy.NO_NEWS: "Aucune nouvelle de l’envoi à la fin du délai.",
}


@dataclass(frozen=True)
class BulkAct:
    """An act and its counts; `waiting` is what was not ordered yet or has no outcome yet."""

    id: str
    kind: BulkKind
    cause: str
    channel: str
    procedure: str
    held_until: datetime
    gateway: str
    operator: str
    reason: str
    is_verified: bool
    rate: float
    state: ActState
    total: int
    sent: int
    failed: int
    skipped: int
    created_at: datetime
    changed_at: datetime

    @property
    def waiting(self) -> int:
        """How many recoveries are not settled."""
        return self.total - self.sent - self.failed - self.skipped


@dataclass(frozen=True)
class Why:
    """Why so many items have failed or were skipped: a fault `channel:reason`, or one of `ItemWhy`."""

    state: ItemState
    why: str
    number: int

    @property
    def sentence(self) -> str:
        """The same in French."""
        return sentence_of(self.why)


@dataclass(frozen=True)
class BulkItem:
    """One recovery of an act."""

    workflow_id: str
    state: ItemState
    why: str
    changed_at: datetime


class BulkActs:
    """Finds acts; the console's rights are enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def act(self, act_id: str) -> BulkAct | None:
        """Return an act, or None when no worker has begun one of that id yet."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_ONE, {"act": act_id})).one_or_none()
        return _act(row) if row is not None else None

    async def recent(self, most: int = 20) -> list[BulkAct]:
        """Return the last acts, the newest first."""
        async with self._database.reading() as connection:
            return [_act(row) for row in await connection.execute(_RECENT, {"most": most})]

    async def whys(self, act_id: str) -> list[Why]:
        """Return why items have failed or were skipped, the most frequent first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_WHYS, {"act": act_id})
            return [Why(ItemState(row.state), row.why, row.number) for row in rows]

    async def items(self, act_id: str, state: ItemState, most: int = 100) -> list[BulkItem]:
        """Return the first recoveries of an act that are in a state."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_ITEMS, {"act": act_id, "in_state": state, "most": most})
            return [BulkItem(row.workflow_id, ItemState(row.state), row.why, row.changed_at) for row in rows]


def sentence_of(why: str) -> str:
    """Return why an item has failed or was skipped, in French."""
    return _SENTENCES[ItemWhy(why)] if why in set(ItemWhy) else cause_of(why).sentence


def _act(row: Row[Any]) -> BulkAct:
    return BulkAct(**{**row._mapping, "kind": BulkKind(row.kind), "state": ActState(row.state)})  # noqa: SLF001 - SQLAlchemy's public name

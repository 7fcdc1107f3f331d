"""The tables of operators' acts on many recoveries at once."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table

from activities.store import schema
from activities.store.schema import Id, Instant

# One row for each act, with what it was asked to do; `total` and what follows are counts of its items.
bulk_acts = Table(
    "bulk_acts",
    schema.metadata,
    Column("id", Id(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("cause", String(80), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("procedure", String(32), nullable=False),
    Column("held_until", Instant, nullable=False),  # what was held by then: the instant of the confirmation
    Column("gateway", String(32), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("reason", String(253), nullable=False),
    Column("is_verified", Boolean, nullable=False),  # whether the console has signed it
    Column("rate", Float, nullable=False),
    Column("state", String(8), nullable=False),
    Column("total", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
)

# One row for each recovery of an act: the snapshot of the confirmation. `claim` is the recovery's own id of the order that it
# has carried out; `link_id` and `send_number` are those of the message that follows from it.
bulk_items = Table(
    "bulk_items",
    schema.metadata,
    Column("act_id", ForeignKey("bulk_acts.id", ondelete="CASCADE"), primary_key=True),
    Column("workflow_id", Id(100), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("why", String(80), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("claim", Id(32)),
    Column("link_id", Id(64)),
    Column("send_number", Integer),
    Column("changed_at", Instant, nullable=False),
    # Each row is written three times.
    postgresql_with={"fillfactor": 60},
)
# Two acts cannot have the same recovery before them.
Index(
    "ix_bulk_items_one_act",
    bulk_items.c.workflow_id,
    unique=True,
    postgresql_where=bulk_items.c.state.in_(("waiting", "ordered")),
)
Index("ix_bulk_items_state", bulk_items.c.act_id, bulk_items.c.state)

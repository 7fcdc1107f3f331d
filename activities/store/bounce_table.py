"""The table of what mail servers reported of messages after the relay had accepted them."""

from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, String, Table

from activities.store import schema
from activities.store.schema import Id, Instant

# `sealed` is the report as it came, which quotes the recipient's address: sealed for the messaging role alone, and erased
# once it is read. `kind` and `status` are what it says; `settled_at` is when the message's outcome was noted.
bounces = Table(
    "bounces",
    schema.metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("message_id", Id(64), nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
    Column("sealed", LargeBinary),
    Column("kind", String(8), nullable=False, server_default=""),
    Column("status", String(16), nullable=False, server_default=""),
    Column("settled_at", Instant),
)
Index("ix_bounces_unsettled", bounces.c.id, postgresql_where=bounces.c.settled_at.is_(None))

"""The tables of mailings: what is sent to every elector."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, SmallInteger, String, Table

from activities.store import schema
from activities.store.schema import Id, Instant

# One row for each elector and mailing. `sealed` is the work address, which the messaging role alone can open; it is there
# only while the mail waits. `claimed_by` is the number of the sender that may send it, as long as that sender holds the
# advisory lock of the same number. `changed_at` is when the state was last written: for a mail that was accepted, when.
outbox = Table(
    "outbox",
    schema.metadata,
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("mailing", Id(32), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("cause", String(64), nullable=False),
    Column("link_id", Id(64)),
    Column("sealed", LargeBinary),
    Column("claimed_by", BigInteger),
    Column("postponed_since", Instant),
    Column("next_try_at", Instant),
    Column("changed_at", Instant, nullable=False),
    # 1, and one more each time that an operator has a mail sent again that had bounced.
    Column("send_number", SmallInteger, nullable=False, server_default="1"),
    # Of the address, once the mail was handed to a relay: what became of mails is counted by it.
    Column("domain", String(253), nullable=False, server_default=""),
    Column("opened_at", Instant),  # when the link was used
    # Each row is written three times, and the second time many at once: the later versions fit on the same page.
    postgresql_with={"fillfactor": 50},
)
# What is left to do is found without reading what is done.
Index(
    "ix_outbox_unsent",
    outbox.c.mailing,
    outbox.c.state,
    outbox.c.elector_id,
    postgresql_where=outbox.c.state != "accepted",
)
# What was opened is counted by hour without reading the rest.
Index(
    "ix_outbox_opened",
    outbox.c.mailing,
    outbox.c.opened_at,
    postgresql_where=outbox.c.opened_at.is_not(None),
)

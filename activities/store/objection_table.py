"""The table of objection links, and of the pauses that electors have made with them."""

from sqlalchemy import Column, ForeignKey, String, Table

from activities.store import schema
from activities.store.schema import Id, Instant

# One row for each notice to a work mailbox, which has the link. While one of an elector's is made and not lifted, no request
# of this elector is accepted.
objections = Table(
    "objections",
    schema.metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("notice_id", Id(64), nullable=False, unique=True),
    Column("workflow_id", Id(100), nullable=False),  # of the recovery that the notice tells of
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("made_at", Instant),
    Column("made_by", Id(64)),  # the run of the click's workflow: run again, it is no second click
    Column("lifted_at", Instant),
)

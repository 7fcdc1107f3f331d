"""The tables of campaigns (2011)."""

from sqlalchemy import Column, ForeignKey, String, Table

from activities.store.instants import Instant
from activities.store.metadata import metadata

# No elector twice: which link a campaign gave to whom.
recipients = Table(
    "recipients",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

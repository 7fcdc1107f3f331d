"""The tables of the identifiers' recovery (2018)."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from activities.store.instants import Instant
from activities.store.metadata import metadata

# Limits across electors: `number:…` belongs to the elector who first gave it, `elector:…` to the elector.
quotas = Table(
    "quotas",
    metadata,
    Column("subject", String(80), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("n", Integer, nullable=False),
)

# Identifiers that were drawn; a hash that is gone will never work: a newer request has taken its place.
identifier_requests = Table(
    "identifier_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number_hash", String(64), nullable=False),
    Column("pending_hash", String(64)),
    Column("envelope", String(300), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("made_at", Instant, nullable=False),
)

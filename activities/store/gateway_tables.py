"""The tables of gateways: what is decided of each, what has changed it, and how often each has failed lately."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Identity, Index, Integer, String, Table, true

from activities.store import schema
from activities.store.schema import Instant
from activities.store.tables import messages

# One row for each gateway that a process of the messaging role was ever started with (`election/routing/choice.py`).
gateways = Table(
    "gateways",
    schema.metadata,
    Column("name", String(32), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("resting_priority", Integer, nullable=False),
    Column("is_suspended", Boolean, nullable=False),
    Column("is_held", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("drifted_at", Instant),
    # Messages a second of each process, as the one that started last is configured; NULL without a limit.
    Column("rate", Float),
    # Whether the process that started last has it in its settings; what was decided of one that has left them stays.
    Column("is_configured", Boolean, nullable=False, server_default=true()),
)
# Who has changed what, and why: an operator's name and reason, or the rule that did it.
gateway_changes = Table(
    "gateway_changes",
    schema.metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("gateway", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Index("ix_gateway_changes_gateway", "gateway", "id"),
)
# Errors by the second; a minute later nobody asks for them.
gateway_errors = Table(
    "gateway_errors",
    schema.metadata,
    Column("gateway", String(32), primary_key=True),
    Column("second", Instant, primary_key=True),
    Column("errors", Integer, nullable=False),
)
# What a gateway has accepted lately.
Index("ix_messages_gateway_accepted_at", messages.c.gateway, messages.c.accepted_at)

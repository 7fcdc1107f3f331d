"""The table of operators' sessions, which the console alone writes."""

from sqlalchemy import Column, String, Table

from activities.store import schema
from activities.store.schema import Id, Instant

# `login` and `name` are what the identity provider says; `login_hash` is the keyed hash of the state of the login that
# opened the session, since a login opens one session only. The row's `mac` covers all but `last_seen_at`.
operator_sessions = Table(
    "operator_sessions",
    schema.metadata,
    Column("id_hash", Id(64), primary_key=True),
    Column("login_hash", Id(64), nullable=False, unique=True),
    Column("login", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("mac", String(64), nullable=False),
)

"""The tables that the console writes: operators' sessions, and the sealed files of rolls that they have uploaded."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from activities.store import schema
from activities.store.schema import Id, Instant

# `login` and `name` are what the identity provider says, and `subject` is the hash of what tells persons apart there.
# `login_hash` is the keyed hash of the state of the login that opened the session, since a login opens one session only.
# The row's `mac` covers all but `last_seen_at`.
operator_sessions = Table(
    "operator_sessions",
    schema.metadata,
    Column("id_hash", Id(64), primary_key=True),
    Column("login_hash", Id(64), nullable=False, unique=True),
    Column("subject", Id(64), nullable=False),
    Column("login", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("mac", String(64), nullable=False),
)

_CHECKED_AT_THE_END: dict[str, Any] = {"ondelete": "CASCADE", "deferrable": True, "initially": "DEFERRED"}

# A file of the roll that an operator has uploaded, and what became of it; `subject` is that of the operator's session.
# `report` is the dry run's, in JSON: counts, columns and line numbers, never a value. `decision` is the id of the workflow
# that carries out the second person's decision. The console may write neither these nor the state.
roll_uploads = Table(
    "roll_uploads",
    schema.metadata,
    Column("id", Id(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("state", String(16), nullable=False, server_default="received"),
    Column("operator", String(210), nullable=False),
    Column("subject", Id(64), nullable=False, server_default=""),
    Column("file_hash", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("report", Text, nullable=False, server_default=""),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("decided_by", String(210), nullable=False, server_default=""),
    Column("decision", Id(100), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False, index=True),
    Column("changed_at", Instant, nullable=False),
)
# The pieces of the file, each sealed for the role that imports; they are deleted with the import. They are written before
# the row of their upload, which has the hash of the whole file. One with a negative number is what the second person has typed.
roll_pieces = Table(
    "roll_pieces",
    schema.metadata,
    Column("upload_id", ForeignKey("roll_uploads.id", **_CHECKED_AT_THE_END), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

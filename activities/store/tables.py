"""Every table of the roll database. Rules that span electors are constraints here (see docs/decisions.md)."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, read back in UTC whatever time zone the session has."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant as it is; a naive one is a fault of the caller."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must have a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC."""
        return value.astimezone(UTC) if value else None


# NUMEN, NIR and birth date only as keyed hashes: the roll can recognise them, never tell them.
electors = Table(
    "electors",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("work_email", String(254), nullable=False, unique=True),
    Column("birth_name", String(100), nullable=False),
    Column("used_name", String(100), nullable=False),
    Column("first_names", String(200), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("numen_hash", String(64), nullable=False, unique=True),
    Column("nir_hash", String(64), nullable=False, index=True),
    Column("birth_date_hash", String(64), nullable=False, index=True),
    Column("birth_department_hash", String(64), nullable=False),
    Column("birth_place_hash", String(64), nullable=False),
)

# An elector who has not activated the account has no row here.
activations = Table(
    "activations",
    metadata,
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(200), nullable=False),
    Column("answer_hash", String(200), nullable=False),
    Column("activated_at", Instant, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("hash", String(200), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
# One active credential of a kind for one elector, whatever races.
Index(
    "ix_credentials_one_active",
    credentials.c.elector_id,
    credentials.c.kind,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_credentials_hash", credentials.c.kind, credentials.c.hash)

links = Table(
    "links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("link_id", String(64), nullable=False, unique=True),
    Column("workflow_id", String(100), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ending", String(16)),
)

# One key a request, wrapped by the master key; destroyed when its recovery ends.
vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False, index=True),
    Column("wrapped", LargeBinary(100), nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("refused_until", Instant, nullable=False),
    # The last try that was counted: the same try, run again by Temporal, is not counted twice.
    Column("last_try", String(64), nullable=False),
)

# The message ledger: which recovery waits for the receipt of which message.
messages = Table(
    "messages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False),
    Column("delivery_id", String(64), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("gateway", String(32), nullable=False),
    # The country of a phone, the domain of a mailbox: figures are wanted by them, and no more is kept.
    Column("area", String(253), nullable=False, default=""),
    Column("begun_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", String(64)),
)
Index("ix_messages_channel_ended_at", messages.c.channel, messages.c.ended_at)
segments = Table(
    "segments",
    metadata,
    Column("gateway", String(32), primary_key=True),
    Column("gateway_id", String(64), primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), index=True),
    Column("delivered", Boolean),
    Column("reason", String(64), nullable=False, default=""),
    Column("at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("elector_id", String(32), index=True),
    Column("pending_subject", String(64)),
    Column("pending_elector_id", String(32)),
    Column("voting", Boolean, nullable=False, default=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False, index=True),
)

# Those that were answered: by which form, so that no other can use them.
captchas = Table(
    "captchas",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("spent_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
)

# Ways through FranceConnect that were begun: each is used once, by the session that began it.
oidc_logins = Table(
    "oidc_logins",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("session_hash", String(64), nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
    Column("used_at", Instant),
)

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

# Which link a campaign gave to whom (2011): no elector twice.
recipients = Table(
    "recipients",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

# Append-only (a trigger in the migrations): evidence, without personal data or secrets.
journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", String(128), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("election", String(32), nullable=False),
    Column("event", String(64), nullable=False, index=True),
    Column("who", String(64), nullable=False),
    Column("recovery", String(100), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("detail", String(253), nullable=False, default=""),
)

workers = Table(
    "workers",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)

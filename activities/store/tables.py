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


# NUMEN, NIR, birth date and birthplace are stored as keyed hashes only: they can be compared, not read.
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
# Two reissues at the same time cannot leave an elector two active credentials of one kind.
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
    Column("created_at", Instant, nullable=False),
    Column("ending", String(16)),
)

# One key for each envelope, encrypted with the master key; deleted when its recovery ends.
vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False, index=True),
    Column("wrapped_key", LargeBinary(100), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("paused_until", Instant, nullable=False),
    # An attempt that Temporal runs again is not counted twice.
    Column("last_attempt_id", String(64), nullable=False),
)

# The message ledger: each message that was handed to a gateway, and its outcome.
messages = Table(
    "messages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False),
    Column("delivery_id", String(64), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("gateway", String(32), nullable=False),
    # The figures are grouped by it; the phone number or mail address itself is not stored.
    Column("country_or_domain", String(253), nullable=False, default=""),
    Column("started_at", Instant, nullable=False),
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
    Column("received_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("elector_id", String(32), index=True),
    Column("claimant_subject", String(64)),
    Column("claimant_elector_id", String(32)),
    Column("voting_space_open", Boolean, nullable=False, default=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False, index=True),
)

# CAPTCHAs that were answered; `form_hash` is the keyed hash of the answer and the form that used it.
captchas = Table(
    "captchas",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("form_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

# Logins at FranceConnect: each is used once, by the session that started it.
oidc_logins = Table(
    "oidc_logins",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("session_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("used_at", Instant),
)

# Requests for identifiers, by phone number (`number:HASH`, which one elector only may use) and by elector (`elector:ID`).
quotas = Table(
    "quotas",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("elector_id", String(32), nullable=False),
    Column("uses", Integer, nullable=False),
)

# One identifier for each request; without `identifier_hash` it can no longer be activated, since a newer one replaced it.
generated_identifiers = Table(
    "generated_identifiers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workflow_id", String(100), nullable=False),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("phone_hash", String(64), nullable=False),
    Column("identifier_hash", String(64)),
    Column("envelope", String(300), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# The link that a campaign sent to each elector (2011), one for each.
recipients = Table(
    "recipients",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
)

# Legal evidence, without personal data or secrets; a trigger in the migration refuses changes.
# `actor` is an elector's opaque id, an operator or a gateway; `workflow_id` may be a campaign or `sign-in/ELECTOR_ID`.
journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", String(128), nullable=False, unique=True),
    Column("recorded_at", Instant, nullable=False),
    Column("election_id", String(32), nullable=False),
    Column("event", String(64), nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("workflow_id", String(100), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("detail", String(253), nullable=False, default=""),
)

workers = Table(
    "workers",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("last_seen_at", Instant, nullable=False),
)

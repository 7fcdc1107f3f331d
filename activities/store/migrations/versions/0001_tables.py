"""Every table, and a journal that is append-only. Names of keys and indexes follow the convention of `tables.py`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# The journal is evidence: the database itself refuses to change or forget an entry.
_APPEND_ONLY = (
    """CREATE FUNCTION refuse_to_change_journal() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_journal()""",
)


def upgrade() -> None:
    """Make the tables and the journal's trigger."""
    _make_roll()
    _make_recoveries()
    _make_identifiers()
    _make_messages()
    _make_sessions()
    _make_evidence()


def _instant(name: str, *, nullable: bool = False, index: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, index=index)


def _text(name: str, length: int, *, nullable: bool = False, index: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=nullable, index=index)


def _key(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), primary_key=True)


def _unique(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=False, unique=True)


def _elector(*, primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    elector = sa.ForeignKey("electors.id", ondelete="CASCADE")
    return sa.Column("elector_id", sa.String(32), elector, primary_key=primary_key, nullable=False, index=index)


def _make_roll() -> None:
    op.create_table(
        "electors",
        _key("id", 32),
        _unique("work_email", 254),
        _text("birth_name", 100),
        _text("used_name", 100),
        _text("first_names", 200),
        _text("sex", 1),
        _unique("numen_hash", 64),
        _text("nir_hash", 64, index=True),
        _text("birth_date_hash", 64, index=True),
        _text("birth_department_hash", 64),
        _text("birth_place_hash", 64),
    )
    op.create_table(
        "activations",
        _elector(primary_key=True),
        _text("question", 200),
        _text("answer_hash", 200),
        _instant("activated_at"),
    )
    op.create_table(
        "credentials",
        _key("id", 64),
        _elector(index=True),
        _text("kind", 16),
        _text("hash", 200),
        _instant("issued_at"),
        _instant("ended_at", nullable=True),
    )
    op.create_index(
        "ix_credentials_one_active",
        "credentials",
        ["elector_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_credentials_hash", "credentials", ["kind", "hash"])


def _make_recoveries() -> None:
    op.create_table(
        "links",
        _key("token_hash", 64),
        _unique("link_id", 64),
        _text("workflow_id", 100),
        _instant("created_at"),
        _text("ending", 16, nullable=True),
    )
    op.create_table(
        "vault_keys",
        _key("id", 64),
        _text("workflow_id", 100, index=True),
        sa.Column("wrapped_key", sa.LargeBinary(100), nullable=False),
        _instant("created_at", index=True),
    )
    op.create_table(
        "attempts",
        _key("subject", 64),
        _key("scope", 32),
        sa.Column("failures", sa.Integer, nullable=False),
        _instant("paused_until"),
        _text("last_attempt_id", 64),
    )


def _make_identifiers() -> None:
    op.create_table(
        "quotas",
        _key("key", 80),
        _text("elector_id", 32),
        sa.Column("uses", sa.Integer, nullable=False),
    )
    op.create_table(
        "generated_identifiers",
        _key("id", 64),
        _text("workflow_id", 100),
        _elector(index=True),
        _text("phone_hash", 64),
        _text("identifier_hash", 64, nullable=True),
        _text("envelope", 300),
        sa.Column("counted", sa.Boolean, nullable=False),
        _instant("created_at"),
    )
    op.create_table(
        "recipients",
        _key("campaign", 64),
        _elector(primary_key=True),
        _text("link_id", 64),
        _instant("created_at"),
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        _key("id", 64),
        _text("workflow_id", 100),
        _text("delivery_id", 64),
        _text("channel", 8),
        _text("gateway", 32),
        _text("country_or_domain", 253),
        _instant("started_at"),
        _instant("accepted_at", nullable=True),
        _instant("ended_at", nullable=True),
        _text("outcome", 64, nullable=True),
    )
    op.create_index("ix_messages_channel_ended_at", "messages", ["channel", "ended_at"])
    op.create_table(
        "segments",
        _key("gateway", 32),
        _key("gateway_id", 64),
        sa.Column("message_id", sa.String(64), sa.ForeignKey("messages.id", ondelete="CASCADE"), index=True),
        sa.Column("delivered", sa.Boolean),
        _text("reason", 64),
        _instant("received_at", nullable=True),
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        _key("id_hash", 64),
        _text("elector_id", 32, nullable=True, index=True),
        _text("claimant_subject", 64, nullable=True),
        _text("claimant_elector_id", 32, nullable=True),
        sa.Column("voting_space_open", sa.Boolean, nullable=False),
        _instant("opened_at"),
        _instant("last_seen_at", index=True),
    )
    op.create_table(
        "captchas",
        _key("id", 64),
        _text("form_hash", 64),
        _instant("created_at", index=True),
    )
    op.create_table(
        "oidc_logins",
        _key("id_hash", 64),
        _text("session_hash", 64),
        _instant("created_at", index=True),
        _instant("used_at", nullable=True),
    )


def _make_evidence() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        _unique("entry_id", 128),
        _instant("recorded_at"),
        _text("election_id", 32),
        _text("event", 64, index=True),
        _text("actor", 64),
        _text("workflow_id", 100),
        _text("channel", 8),
        _text("outcome", 64),
        _text("detail", 253),
    )
    for statement in _APPEND_ONLY:
        op.execute(statement)
    op.create_table("workers", _key("role", 16), _instant("last_seen_at"))

"""Every table of the first release. Names of keys and indexes follow the convention of `tables.py`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _make_roll()
    _make_recoveries()
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
        sa.Column("elector_id", sa.String(32), sa.ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
        _text("question", 200),
        _text("answer_hash", 200),
        _instant("activated_at"),
    )
    op.create_table(
        "credentials",
        _key("id", 64),
        sa.Column(
            "elector_id",
            sa.String(32),
            sa.ForeignKey("electors.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        _text("kind", 16),
        _text("hash", 200),
        _instant("issued_at"),
        _instant("ended_at", nullable=True),
    )
    active = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_credentials_one_active",
        "credentials",
        ["elector_id", "kind"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_index("ix_credentials_hash", "credentials", ["kind", "hash"])


def _make_recoveries() -> None:
    op.create_table(
        "links",
        _key("token_hash", 64),
        _unique("link_id", 64),
        _text("workflow_id", 100),
        _instant("made_at"),
        _text("ending", 16, nullable=True),
    )
    op.create_table(
        "vault_keys",
        _key("id", 64),
        _text("workflow_id", 100, index=True),
        sa.Column("wrapped", sa.LargeBinary(100), nullable=False),
        _instant("made_at", index=True),
    )
    op.create_table(
        "attempts",
        _key("subject", 64),
        _key("scope", 32),
        sa.Column("failures", sa.Integer, nullable=False),
        _instant("refused_until"),
        _text("last_try", 64),
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        _key("id", 64),
        _text("workflow_id", 100),
        _text("delivery_id", 64),
        _text("channel", 8),
        _text("gateway", 32),
        _text("area", 253),
        _instant("begun_at"),
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
        _instant("at", nullable=True),
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        _key("id_hash", 64),
        _text("elector_id", 32, nullable=True, index=True),
        _text("pending_subject", 64, nullable=True),
        _text("pending_elector_id", 32, nullable=True),
        sa.Column("voting", sa.Boolean, nullable=False),
        _instant("opened_at"),
        _instant("seen_at", index=True),
    )
    op.create_table(
        "captchas",
        _key("id", 64),
        _text("spent_by", 64),
        _instant("made_at", index=True),
    )
    op.create_table(
        "oidc_logins",
        _key("id_hash", 64),
        _text("session_hash", 64),
        _instant("made_at", index=True),
        _instant("used_at", nullable=True),
    )


def _make_evidence() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        _unique("entry_id", 128),
        _instant("at"),
        _text("election", 32),
        _text("event", 64, index=True),
        _text("who", 64),
        _text("recovery", 100),
        _text("channel", 8),
        _text("outcome", 64),
        _text("detail", 253),
        sqlite_autoincrement=True,  # a number is never given twice
    )
    op.create_table("workers", _key("role", 16), _instant("seen_at"))

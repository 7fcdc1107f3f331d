"""The sessions of operators in the console."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table of operators' sessions."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "operator_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("login_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )

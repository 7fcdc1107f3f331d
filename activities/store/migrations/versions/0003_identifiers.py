"""The tables of the identifiers' recovery."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quotas",
        sa.Column("subject", sa.String(80), primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
    )
    elector = sa.ForeignKey("electors.id", ondelete="CASCADE")
    op.create_table(
        "identifier_requests",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("workflow_id", sa.String(100), nullable=False),
        sa.Column("elector_id", sa.String(32), elector, nullable=False, index=True),
        sa.Column("number_hash", sa.String(64), nullable=False),
        sa.Column("pending_hash", sa.String(64)),
        sa.Column("envelope", sa.String(300), nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )

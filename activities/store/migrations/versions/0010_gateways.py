"""Several gateways of a channel: what is decided of each, and what a try that got no answer may have done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add their tables, and the mark of a message that may have been taken."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "gateways",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("resting_priority", sa.Integer, nullable=False),
        sa.Column("is_suspended", sa.Boolean, nullable=False),
        sa.Column("is_held", sa.Boolean, nullable=False),
        sa.Column("changed_at", instant, nullable=False),
        sa.Column("drifted_at", instant),
    )
    op.create_table(
        "gateway_changes",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    op.create_index("ix_gateway_changes_gateway", "gateway_changes", ["gateway", "id"])
    op.create_table(
        "gateway_errors",
        sa.Column("gateway", sa.String(32), primary_key=True),
        sa.Column("second", instant, primary_key=True),
        sa.Column("errors", sa.Integer, nullable=False),
    )
    op.add_column("messages", sa.Column("may_be_taken", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_messages_gateway_accepted_at", "messages", ["gateway", "accepted_at"])

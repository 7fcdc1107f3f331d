"""What mail servers report of messages that they did not deliver."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table of bounces, and let a mailing find a mail that has bounced and send it again."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "bounces",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("kind", sa.String(8), nullable=False, server_default=""),
        sa.Column("status", sa.String(16), nullable=False, server_default=""),
        sa.Column("settled_at", instant),
    )
    op.create_index("ix_bounces_received_at", "bounces", ["received_at"])
    op.create_index("ix_bounces_unsettled", "bounces", ["id"], postgresql_where=sa.text("settled_at IS NULL"))
    op.add_column("outbox", sa.Column("send_number", sa.SmallInteger, nullable=False, server_default="1"))
    op.create_index("ix_outbox_link_id", "outbox", ["link_id"])

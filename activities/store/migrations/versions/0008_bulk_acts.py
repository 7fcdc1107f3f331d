"""The acts of operators on many recoveries, and their recoveries."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add both tables."""
    instant = sa.DateTime(timezone=True)
    texts = {
        "kind": 16,
        "cause": 80,
        "channel": 8,
        "procedure": 32,
        "gateway": 32,
        "operator": 64,
        "reason": 253,
        "state": 8,
    }
    op.create_table(
        "bulk_acts",
        sa.Column("id", sa.String(32), primary_key=True),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in texts.items()),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total", "sent", "failed", "skipped")),
        *(sa.Column(name, instant, nullable=False) for name in ("held_until", "created_at", "changed_at")),
        sa.Column("is_verified", sa.Boolean, nullable=False),
        sa.Column("rate", sa.Float, nullable=False),
    )
    op.create_index("ix_bulk_acts_changed_at", "bulk_acts", ["changed_at"])
    op.create_table(
        "bulk_items",
        sa.Column("act_id", sa.String(32), sa.ForeignKey("bulk_acts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("workflow_id", sa.String(100), primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("why", sa.String(80), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("link_id", sa.String(64)),
        sa.Column("send_number", sa.Integer),
        sa.Column("changed_at", instant, nullable=False),
        postgresql_with={"fillfactor": 60},
    )
    is_before_an_act = sa.text("state IN ('waiting', 'ordered')")
    op.create_index(
        "ix_bulk_items_one_act", "bulk_items", ["workflow_id"], unique=True, postgresql_where=is_before_an_act
    )
    op.create_index("ix_bulk_items_state", "bulk_items", ["act_id", "state"])

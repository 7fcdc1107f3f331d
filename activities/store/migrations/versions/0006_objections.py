"""The links by which electors object, and the pauses that they make."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table of objections."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "objections",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("notice_id", sa.String(64), nullable=False, unique=True),
        sa.Column("workflow_id", sa.String(100), nullable=False),
        sa.Column("elector_id", sa.String(32), sa.ForeignKey("electors.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("made_at", instant),
        sa.Column("made_by", sa.String(64)),
        sa.Column("lifted_at", instant),
    )
    op.create_index("ix_objections_elector_id", "objections", ["elector_id"])

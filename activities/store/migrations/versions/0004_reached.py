"""The table of those whom a campaign has reached."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    elector = sa.ForeignKey("electors.id", ondelete="CASCADE")
    op.create_table(
        "recipients",
        sa.Column("campaign", sa.String(64), primary_key=True),
        sa.Column("elector_id", sa.String(32), elector, primary_key=True),
        sa.Column("link_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )

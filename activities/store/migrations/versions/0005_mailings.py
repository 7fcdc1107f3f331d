"""What mailings need that are rows, not workflows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Replace the campaigns' recipients by an outbox, and let a link die at an instant of its own."""
    instant = sa.DateTime(timezone=True)
    op.add_column("links", sa.Column("dies_at", instant))
    op.drop_table("recipients")
    op.create_table(
        "outbox",
        sa.Column("elector_id", sa.String(32), sa.ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("mailing", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("cause", sa.String(64), nullable=False),
        sa.Column("link_id", sa.String(64)),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("claimed_by", sa.BigInteger),
        sa.Column("postponed_since", instant),
        sa.Column("next_try_at", instant),
        sa.Column("changed_at", instant, nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["mailing", "state", "elector_id"],
        postgresql_where=sa.text("state <> 'accepted'"),
    )

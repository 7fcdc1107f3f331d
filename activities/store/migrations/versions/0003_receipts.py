"""What the delivery receipts of operators need who spell an id in two ways or give it again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Give each segment a key of its own, and find it by the operator's id in any spelling."""
    op.drop_constraint("pk_segments", "segments", type_="primary")
    op.add_column("segments", sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False))
    op.create_primary_key("pk_segments", "segments", ["id"])
    op.create_index("ix_segments_spelling", "segments", ["gateway", sa.text("ltrim(lower(gateway_id), '0')")])

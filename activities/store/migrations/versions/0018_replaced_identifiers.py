"""What pages say of an identifier whose message is sent again: whether it has replaced the former one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Keep in a recovery's row when the new identifier became the valid one, from the journal for those before."""
    op.add_column("progress", sa.Column("replaced_at", sa.DateTime(timezone=True)))
    op.execute(
        """UPDATE progress SET replaced_at = journal.recorded_at FROM journal
        WHERE journal.entry_id = progress.link_id || '\\:reissued' AND journal.event = 'identifier\\:identifier\\:reissued'"""
    )

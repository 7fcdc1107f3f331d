"""What the console reads often: the journal by a reference, and a mailing by domain."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Index the references of the journal's entries, and keep a mail's domain in its row: no other table is read for it."""
    op.create_index("ix_journal_reference", "journal", [sa.text("right(workflow_id, 14)")])
    op.add_column("outbox", sa.Column("domain", sa.String(253), nullable=False, server_default=""))
    op.execute(
        """UPDATE outbox SET domain = messages.country_or_domain FROM messages
        WHERE messages.id = outbox.link_id || '-' || outbox.send_number"""
    )

"""Smaller indexes where a mailing writes a row for each elector: of hashes, since these ids are never read in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_INDEXES = {
    "ix_links_elector_id": ("links", "elector_id"),
    "ix_outbox_link_id": ("outbox", "link_id"),
    "ix_journal_workflow_id": ("journal", "workflow_id"),
    "ix_journal_reference": ("journal", "right(workflow_id, 14)"),
}


def upgrade() -> None:
    """Make each of these indexes again under its name; who writes waits meanwhile."""
    for name, (table, indexed) in _INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, [sa.text(indexed)], postgresql_using="hash")

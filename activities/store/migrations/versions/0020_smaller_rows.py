"""Less to write where a mailing writes a row for each elector.

Two indexes are of hashes, since their ids are never read in their order, and the hashes of the journal's chain are bytes.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

_INDEXES = {"ix_links_elector_id": ("links", "elector_id"), "ix_journal_workflow_id": ("journal", "workflow_id")}


def upgrade() -> None:
    """Make both indexes again under their names, and drop that of mails by their link, whose row has the elector, and so the mail."""
    for name, (table, column) in _INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, [column], postgresql_using="hash")
    op.drop_index("ix_outbox_link_id", "outbox")
    shorter = (
        f"ALTER COLUMN {name} TYPE bytea USING decode({name}, 'hex')" for name in ("content_hash", "chain_hash")
    )
    op.execute(f"ALTER TABLE journal_seals {', '.join(shorter)}")

"""Less to write where a mailing writes a row for each elector.

The index of links by elector is of hashes, since its ids are never read in their order, and the hashes of the journal's chain are bytes.
"""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make that index again under its name, and drop that of mails by their link, whose row has the elector, and so the mail."""
    op.drop_index("ix_links_elector_id", "links")
    op.create_index("ix_links_elector_id", "links", ["elector_id"], postgresql_using="hash")
    op.drop_index("ix_outbox_link_id", "outbox")
    shorter = (
        f"ALTER COLUMN {name} TYPE bytea USING decode({name}, 'hex')" for name in ("content_hash", "chain_hash")
    )
    op.execute(f"ALTER TABLE journal_seals {', '.join(shorter)}")

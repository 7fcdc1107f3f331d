"""What the console says of mailings: which links were opened, and how many electors there are."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# With its owner's rights: the console reads no elector, not even an id.
_COUNT = """CREATE FUNCTION count_electors() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$ SELECT count(*) FROM public.electors $$"""


def upgrade() -> None:
    """Keep in a mail's row when its link was opened, from the journal for those before, and let electors be counted."""
    op.add_column("outbox", sa.Column("opened_at", sa.DateTime(timezone=True)))
    op.execute(
        """UPDATE outbox SET opened_at = journal.recorded_at FROM journal
        WHERE journal.entry_id = outbox.link_id || '\\:password'"""
    )
    opened = sa.text("opened_at IS NOT NULL")
    op.create_index("ix_outbox_opened", "outbox", ["mailing", "opened_at"], postgresql_where=opened)
    op.execute(_COUNT)
    op.execute("REVOKE EXECUTE ON FUNCTION count_electors FROM PUBLIC")

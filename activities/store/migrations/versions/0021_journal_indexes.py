"""Indexes for a journal of many entries.

All entries of one hash are in one bucket, and whoever adds one walks through the pages of the bucket. So traces of access, which belong
to no workflow, are in neither of the two indexes by workflow. A day's entries are found by the times of every thousandth one.
"""

from alembic import op
from sqlalchemy import text

revision = "0021"
down_revision = "0020"

_HAS_WORKFLOW = text("workflow_id <> ''")
# As before, but for the condition by which the index is found.
_RECORD = """CREATE OR REPLACE FUNCTION elector_record(of_elector text, of_workflows text[])
    RETURNS TABLE (number bigint, recorded_at timestamptz, event text, procedure text, channel text, outcome text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    (SELECT number, recorded_at, event, split_part(workflow_id, '/', 1), channel, outcome FROM public.journal
        WHERE (actor = of_elector OR (workflow_id = ANY(of_workflows) AND workflow_id <> '')) AND event NOT LIKE 'access:%')
    UNION ALL (SELECT number, recorded_at, event, '', channel, outcome FROM public.journal
        WHERE actor = of_elector AND event LIKE 'access:%' AND split_part(event, ':', 3) = 'accepted'
        ORDER BY number DESC LIMIT 100)
    UNION ALL (SELECT number, recorded_at, event, '', channel, outcome FROM public.journal
        WHERE actor = of_elector AND event LIKE 'access:%' AND split_part(event, ':', 3) <> 'accepted'
        ORDER BY number DESC LIMIT 100) $$"""


def upgrade() -> None:
    """Make both indexes by workflow again, let an elector's record say what they are of, and index every thousandth entry by its time."""
    op.drop_index("ix_journal_workflow_id", "journal")
    op.drop_index("ix_journal_reference", "journal")
    op.create_index(
        "ix_journal_workflow_id",
        "journal",
        ["workflow_id"],
        postgresql_using="hash",
        postgresql_where=_HAS_WORKFLOW,
    )
    op.create_index(
        "ix_journal_reference", "journal", [text("right(workflow_id, 14)")], postgresql_where=_HAS_WORKFLOW
    )
    op.create_index("ix_journal_marks", "journal", ["recorded_at"], postgresql_where=text("mod(number, 1000) = 0"))
    op.execute(_RECORD)

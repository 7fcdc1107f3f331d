"""The table of where each recovery stands, which the web reads in the place of asking its workflow."""

from sqlalchemy import Column, Index, Integer, String, Table, func, literal_column

from activities.store import schema
from activities.store.schema import Id, Instant

# One row for each workflow id, of its newest run; its columns are those of `election.following.progress.Progress`. The masked
# destination (`hint`) is erased when the link was used or the recovery has ended.
progress = Table(
    "progress",
    schema.metadata,
    Column("workflow_id", Id(100), primary_key=True),
    Column("link_id", Id(64), nullable=False),
    Column("send_number", Integer, nullable=False),  # of the link's message: an operator's retry is another send
    Column("stage", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("channel", String(8)),
    Column("hint", String(254), nullable=False),
    Column("begun_at", Instant),
    Column("accepted_at", Instant),
    Column("delivered_at", Instant),
    Column("dies_at", Instant),
    Column("fault", String(80), nullable=False),
    Column("sends_left", Integer, nullable=False),
    Column("display_until", Instant),
    Column("replaced_at", Instant),
    # By the database's clock, as every instant here but `dies_at`: processes ask for what has changed since.
    Column("changed_at", Instant, nullable=False, index=True),
)
# The console finds a recovery by its reference, in which its id ends.
REFERENCE = func.right(progress.c.workflow_id, literal_column("14"))  # a parameter would not match the index
Index("ix_progress_reference", REFERENCE)
# Of those whose send has failed or is tried again there are few: operators look for them.
Index("ix_progress_failing", progress.c.fault, postgresql_where=progress.c.fault != "")

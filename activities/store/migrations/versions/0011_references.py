"""An index by which a recovery is found by the reference that its elector reads."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Index the references in which the ids of recoveries end."""
    op.create_index("ix_progress_reference", "progress", [sa.text("right(workflow_id, 14)")])

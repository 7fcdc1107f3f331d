"""An index by which sends with a fault are found."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Index the few recoveries whose send has failed or is tried again."""
    op.create_index("ix_progress_failing", "progress", ["fault"], postgresql_where=sa.text("fault <> ''"))

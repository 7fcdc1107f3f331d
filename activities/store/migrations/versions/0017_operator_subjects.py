"""What tells an operator from all others, in sessions and uploads: the login of before may change, and may be another person's later."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the subjects: everybody signs in again, and what waits for a second person is to be uploaded again."""
    op.execute("DELETE FROM operator_sessions")
    op.add_column("operator_sessions", sa.Column("subject", sa.String(64), nullable=False))
    op.execute("UPDATE roll_uploads SET state = 'expired' WHERE state IN ('received', 'checked')")
    op.drop_column("roll_uploads", "login")
    op.add_column("roll_uploads", sa.Column("subject", sa.String(64), nullable=False, server_default=""))

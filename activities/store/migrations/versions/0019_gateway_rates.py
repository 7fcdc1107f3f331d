"""What pages say of a gateway: how many messages a second each process gives it at most."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Keep the rate that a gateway is configured with; a process that sends writes it at its start."""
    op.add_column("gateways", sa.Column("rate", sa.Float))

"""Whether a gateway is in the settings, or was taken out of them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Take every gateway for one in use; a process that sends writes at its start which are."""
    op.add_column("gateways", sa.Column("is_configured", sa.Boolean, nullable=False, server_default=sa.true()))

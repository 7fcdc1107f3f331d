"""An index by which the requests of a number are found."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Index the numbers of requests for identifiers: each request looks for those of its own."""
    op.create_index("ix_generated_identifiers_phone_hash", "generated_identifiers", ["phone_hash"])

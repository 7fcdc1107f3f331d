"""The files of rolls that operators upload in the console, sealed for the role that imports them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table of uploads, and that of their pieces, which are written before the upload's row."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "roll_uploads",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="received"),
        sa.Column("operator", sa.String(210), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("report", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("decided_by", sa.String(210), nullable=False, server_default=""),
        sa.Column("decision", sa.String(100), nullable=False, server_default=""),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("changed_at", instant, nullable=False),
    )
    op.create_index("ix_roll_uploads_created_at", "roll_uploads", ["created_at"])
    upload = sa.ForeignKey("roll_uploads.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
    op.create_table(
        "roll_pieces",
        sa.Column("upload_id", sa.String(32), upload, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )

"""The table of where each recovery stands, and the renewal of a password's hash."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# From other parameters to today's (`activities/security/hashing.py`), of a hash that the caller knows.
_RENEW_HASH = """CREATE FUNCTION renew_password_hash(of_elector text, old text, new text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ WITH renewed AS (
        UPDATE public.credentials SET hash = new
        WHERE elector_id = of_elector AND kind = 'password' AND ended_at IS NULL AND hash = old
            AND old NOT LIKE '$argon2id$v=19$m=7168,t=5,p=1$%' AND new LIKE '$argon2id$v=19$m=7168,t=5,p=1$%'
        RETURNING id)
    SELECT EXISTS (SELECT FROM renewed) $$"""


def upgrade() -> None:
    """Create it; a recovery that is running gets its row with its next change."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "progress",
        sa.Column("workflow_id", sa.String(100), primary_key=True),
        sa.Column("link_id", sa.String(64), nullable=False),
        sa.Column("send_number", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("channel", sa.String(8)),
        sa.Column("hint", sa.String(254), nullable=False),
        sa.Column("begun_at", instant),
        sa.Column("accepted_at", instant),
        sa.Column("delivered_at", instant),
        sa.Column("dies_at", instant),
        sa.Column("fault", sa.String(80), nullable=False),
        sa.Column("sends_left", sa.Integer, nullable=False),
        sa.Column("display_until", instant),
        sa.Column("changed_at", instant, nullable=False),
    )
    op.create_index("ix_progress_changed_at", "progress", ["changed_at"])
    op.execute(_RENEW_HASH)
    op.execute("REVOKE EXECUTE ON FUNCTION renew_password_hash FROM PUBLIC")

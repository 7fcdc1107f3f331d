"""The journal is evidence: the database itself refuses to change or forget an entry."""

from alembic import op

revision = "0002"
down_revision = "0001"

# SQLite deletes a row that is replaced without running the triggers on deletion, hence the third:
# an entry that is there already is left as it is, and another entry cannot take its number.
_SQLITE = (
    """CREATE TRIGGER journal_keeps_its_entries BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_replaces_nothing BEFORE INSERT ON journal BEGIN
        SELECT RAISE(IGNORE)
            WHERE EXISTS (SELECT 1 FROM journal WHERE entry_id = NEW.entry_id);
        SELECT RAISE(ABORT, 'the journal is append-only')
            WHERE EXISTS (SELECT 1 FROM journal WHERE number = NEW.number); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION refuse_to_change_journal() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_journal()""",
)


def upgrade() -> None:
    """Make the triggers."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)

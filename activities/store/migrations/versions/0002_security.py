"""What the counts, codes and evidence of version 0.3 need."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0002"
down_revision = "0001"

_FORMER_CREDENTIALS = (
    "the credentials of version 0.2 cannot be converted, since their hashes do not depend on the elector: "
    "start from an empty database (for the demo: delete the folder .run)"
)
# Functions name their tables with the schema, and pg_temp, which is searched first unless it is named, comes last: a
# temporary table of the caller's is never taken for one of ours.
# An entry is deleted only once it is sealed and its time is over, whoever asks; a seal never changes.
_CHAIN = (
    "ALTER FUNCTION refuse_to_change_journal() SET search_path = pg_catalog, pg_temp",
    """CREATE FUNCTION refuse_early_purge() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        IF OLD.expires_at > now()
            OR NOT EXISTS (SELECT FROM public.journal_seals WHERE number = OLD.number AND position IS NOT NULL)
        THEN RAISE EXCEPTION 'the journal is append-only'; END IF;
        RETURN OLD; END $$""",
    """CREATE FUNCTION refuse_to_change_seal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        IF OLD.position IS NOT NULL OR NEW.number <> OLD.number
        THEN RAISE EXCEPTION 'the journal is append-only'; END IF;
        RETURN NEW; END $$""",
    # "ON CONFLICT DO NOTHING" is meant for a repeated entry_id; a number that is in use would be ignored as well.
    """CREATE FUNCTION refuse_used_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        IF EXISTS (SELECT FROM public.journal_seals WHERE number = NEW.number)
        THEN RAISE EXCEPTION 'the number is in use' USING ERRCODE = 'unique_violation'; END IF;
        RETURN NEW; END $$""",
    # With its owner's rights: who may add an entry need not have any on the seals.
    """CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        INSERT INTO public.journal_seals (number) VALUES (NEW.number);
        RETURN NULL; END $$""",
    """CREATE FUNCTION purge_expired_traces(at_most integer) RETURNS integer LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ WITH expired AS (
            SELECT number FROM public.journal AS entry JOIN public.journal_seals USING (number)
            WHERE event LIKE 'access:%' AND entry.expires_at <= now() AND position IS NOT NULL LIMIT at_most
        ), purged AS (DELETE FROM public.journal WHERE number IN (SELECT number FROM expired) RETURNING number)
        SELECT count(*)::integer FROM purged $$""",
    "REVOKE EXECUTE ON FUNCTION purge_expired_traces FROM PUBLIC",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_journal()""",
    """CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal
        FOR EACH ROW EXECUTE FUNCTION refuse_early_purge()""",
    "CREATE TRIGGER journal_is_numbered BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse_used_number()",
    "CREATE TRIGGER journal_is_sealed AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION await_seal()",
    """CREATE TRIGGER seals_are_kept BEFORE DELETE OR TRUNCATE ON journal_seals
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_journal()""",
    """CREATE TRIGGER seals_are_final BEFORE UPDATE ON journal_seals
        FOR EACH ROW EXECUTE FUNCTION refuse_to_change_seal()""",
)

# The database alone numbers the entries: a number that somebody chose would make a later entry fail.
_NUMBERS = (
    "ALTER TABLE journal ALTER COLUMN number DROP DEFAULT, ALTER COLUMN number TYPE bigint",
    "DROP SEQUENCE journal_number_seq",
    "ALTER TABLE journal ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY",
    "SELECT setval('journal_number_seq', coalesce(max(number), 0) + 1, false) FROM journal",
)

_RECORD = """CREATE FUNCTION elector_record(of_elector text, of_workflows text[])
    RETURNS TABLE (number bigint, recorded_at timestamptz, event text, procedure text, channel text, outcome text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    (SELECT number, recorded_at, event, split_part(workflow_id, '/', 1), channel, outcome FROM public.journal
        WHERE (actor = of_elector OR workflow_id = ANY(of_workflows)) AND event NOT LIKE 'access:%')
    UNION ALL (SELECT number, recorded_at, event, '', channel, outcome FROM public.journal
        WHERE actor = of_elector AND event LIKE 'access:%' AND split_part(event, ':', 3) = 'accepted'
        ORDER BY number DESC LIMIT 100)
    UNION ALL (SELECT number, recorded_at, event, '', channel, outcome FROM public.journal
        WHERE actor = of_elector AND event LIKE 'access:%' AND split_part(event, ':', 3) <> 'accepted'
        ORDER BY number DESC LIMIT 100) $$"""


def upgrade() -> None:
    """Change the tables of 0001.

    Raises:
        CommandError: an earlier version has issued credentials in this database.
    """
    _tie_rows_to_their_elector()
    _change_journal()
    _make_chain()
    _change_proofs()
    _make_sign_in()
    _make_record()
    _make_limits()
    _change_recoveries()


def _change_journal() -> None:
    op.execute("DROP TRIGGER journal_is_append_only ON journal")
    for name, length in (("wording", 64), ("address_hash", 32)):
        op.add_column("journal", sa.Column(name, sa.String(length), nullable=False, server_default=""))
        op.alter_column("journal", name, server_default=None)
    op.add_column("journal", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE journal SET expires_at = recorded_at + interval '3 years'")
    op.alter_column("journal", "expires_at", nullable=False)
    op.create_index("ix_journal_expires_at", "journal", ["expires_at"])
    for statement in _NUMBERS:
        op.execute(statement)


def _make_chain() -> None:
    op.create_table(
        "journal_seals",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, unique=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("chain_hash", sa.String(64)),
    )
    op.create_index(
        "ix_journal_seals_unsealed", "journal_seals", ["number"], postgresql_where=sa.text("position IS NULL")
    )
    op.create_table(
        "address_keys",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
    )
    op.execute("INSERT INTO journal_seals (number) SELECT number FROM journal")
    for statement in _CHAIN:
        op.execute(statement)


def _make_limits() -> None:
    op.create_table(
        "sms_counts",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    elector = sa.ForeignKey("electors.id", ondelete="CASCADE")
    op.create_table(
        "reissue_allowances",
        sa.Column("elector_id", sa.String(32), elector, primary_key=True),
        sa.Column("extra", sa.Integer, nullable=False),
    )


def _change_proofs() -> None:
    op.add_column("electors", sa.Column("datum_hash", sa.String(64), nullable=False, server_default=""))
    recovered = sa.Column("is_recovered", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("credentials", recovered)
    op.create_check_constraint("ck_credentials_ended_without_hash", "credentials", "ended_at IS NULL OR hash = ''")


def _tie_rows_to_their_elector() -> None:
    # Only who has typed a password or a code again could make its new hash.
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM credentials")):
        raise CommandError(_FORMER_CREDENTIALS)
    op.execute("DELETE FROM sessions")
    op.drop_column("sessions", "voting_space_open")
    op.add_column("sessions", sa.Column("voting_space_mac", sa.String(64)))
    op.execute("DELETE FROM generated_identifiers")
    for table in ("sessions", "credentials", "generated_identifiers"):
        op.add_column(table, sa.Column("mac", sa.String(64), nullable=False))
    op.add_column("links", sa.Column("elector_id", sa.String(32), nullable=False, server_default=""))
    # The next import of the roll writes each elector's code: until then nobody is found.
    op.add_column("electors", sa.Column("mac", sa.String(64), nullable=False, server_default=""))
    op.alter_column("electors", "mac", server_default=None)


def _make_sign_in() -> None:
    op.create_table(
        "sign_in_codes",
        sa.Column("session_hash", sa.String(64), primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("form_hash", sa.String(64)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "rates",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("period_start", sa.DateTime(timezone=True), primary_key=True, index=True),
        sa.Column("counted", sa.Integer, nullable=False),
    )


def _make_record() -> None:
    # The web reads the journal of one elector at a time, without the names and reasons of operators.
    for column in ("actor", "workflow_id"):
        op.create_index(f"ix_journal_{column}", "journal", [column])
    op.execute(_RECORD)
    op.execute("REVOKE EXECUTE ON FUNCTION elector_record FROM PUBLIC")


def _change_recoveries() -> None:
    anonymous = sa.Column("is_anonymous", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("generated_identifiers", anonymous)
    op.add_column("generated_identifiers", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("links", sa.Column("revoked_at", sa.DateTime(timezone=True)))
    op.create_index("ix_links_elector_id", "links", ["elector_id"])

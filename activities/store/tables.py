"""The roll database's tables that have no module of their own. Rules that span electors are constraints here (see docs/decisions.md)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    false,
    func,
    literal_column,
    text,
)

from activities.store import schema
from activities.store.schema import Digest, Id, Instant

metadata = schema.metadata

# NUMEN, NIR, birth date, birthplace and the election's own datum are stored as keyed hashes only: they can be compared, not read.
electors = Table(
    "electors",
    metadata,
    Column("id", Id(32), primary_key=True),
    Column("work_email", String(254), nullable=False, unique=True),
    Column("birth_name", String(100), nullable=False),
    Column("used_name", String(100), nullable=False),
    Column("first_names", String(200), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("numen_hash", String(64), nullable=False, unique=True),
    Column("nir_hash", String(64), nullable=False, index=True),
    Column("birth_date_hash", String(64), nullable=False, index=True),
    Column("birth_department_hash", String(64), nullable=False),
    Column("birth_place_hash", String(64), nullable=False),
    # The election's own datum, if it asks for one: empty for an elector without it.
    Column("datum_hash", String(64), nullable=False, default="", server_default=""),
    # Over the whole row, so that only an import can write one (see activities/security/row_macs.py).
    Column("mac", String(64), nullable=False),
)

# An elector who has not activated the account has no row here.
activations = Table(
    "activations",
    metadata,
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(200), nullable=False),
    Column("answer_hash", String(200), nullable=False),
    Column("activated_at", Instant, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", Id(64), primary_key=True),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("hash", String(200), nullable=False),
    # Of an identifier: ties it to the elector. The other kinds have the elector's id inside their hash.
    Column("mac", String(64), nullable=False, default=""),
    Column("issued_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # Issued by a recovery, not by the roll or the activation.
    Column("is_recovered", Boolean, nullable=False, default=False, server_default=false()),
    # Two reissues at the same time cannot leave an elector two active credentials of one kind.
    Index(
        "ix_credentials_one_active", "elector_id", "kind", unique=True, postgresql_where=text("ended_at IS NULL")
    ),
)
Index("ix_credentials_hash", credentials.c.kind, credentials.c.hash)

links = Table(
    "links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("link_id", Id(64), nullable=False, unique=True),
    Column("workflow_id", Id(100), nullable=False),
    # Also for what the page of a password's link says of a new password.
    Column("elector_id", Id(32), nullable=False, default="", server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("ending", String(16)),
    # A recovery of the elector's password, or the elector's objection, has ended it: `ending` changes no more.
    Column("revoked_at", Instant),
    Column("dies_at", Instant),  # of a mailing's link: no recovery has begun, which would know
)
# Of hashes, which are shorter: a mailing writes a row an elector, and these ids are never read in their order.
Index("ix_links_elector_id", links.c.elector_id, postgresql_using="hash")

# One key for each envelope, encrypted with the master key; deleted when its recovery ends.
vault_keys = Table(
    "vault_keys",
    metadata,
    Column("id", Id(64), primary_key=True),
    Column("workflow_id", Id(100), nullable=False, index=True),
    Column("wrapped_key", LargeBinary(100), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", Id(64), primary_key=True),
    Column("scope", String(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("paused_until", Instant, nullable=False),
    # An attempt that Temporal runs again is not counted twice.
    Column("last_attempt_id", Id(64), nullable=False),
)

# The message ledger: each message that was handed to a gateway, and its outcome.
messages = Table(
    "messages",
    metadata,
    Column("id", Id(64), primary_key=True),
    Column("workflow_id", Id(100), nullable=False),
    Column("delivery_id", Id(64), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("gateway", String(32), nullable=False),
    # The figures are grouped by it; the phone number or mail address itself is not stored.
    Column("country_or_domain", String(253), nullable=False, default=""),
    Column("started_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", String(64)),
    # The last try got no answer, or none is noted: its gateway may have taken the message.
    Column("may_be_taken", Boolean, nullable=False, default=False, server_default=false()),
)
Index("ix_messages_channel_ended_at", messages.c.channel, messages.c.ended_at)
segments = Table(
    "segments",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("gateway", String(32), nullable=False),
    Column("gateway_id", String(64), nullable=False),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), index=True),
    Column("delivered", Boolean),
    Column("reason", String(64), nullable=False, default=""),
    Column("received_at", Instant),
    Index("ix_segments_spelling", "gateway", text("ltrim(lower(gateway_id), '0')")),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", Id(64), primary_key=True),
    Column("elector_id", Id(32), index=True),
    Column("claimant_subject", Id(64)),
    Column("claimant_elector_id", Id(32)),
    # Present while the voting space is open to the session; NULL closes it.
    Column("voting_space_mac", String(64)),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False, index=True),
    Column("mac", String(64), nullable=False),
)

# CAPTCHAs that were answered; `form_hash` is the keyed hash of the answer and the form that used it. And the tokens of
# second steps that were confirmed, with an empty one.
captchas = Table(
    "captchas",
    metadata,
    Column("id", Id(64), primary_key=True),
    Column("form_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

# The code that was mailed for a sign-in from a new browser, as a keyed hash, one for each session; `form_hash` is that of
# the form that used it. Where the password was wrong there is a row too, which no code fits.
sign_in_codes = Table(
    "sign_in_codes",
    metadata,
    Column("session_hash", String(64), primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("password_hash", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("form_hash", String(64)),
    Column("expires_at", Instant, nullable=False, index=True),
)

# How often something happened in a period; `name` is a fixed word, or a keyed hash.
rates = Table(
    "rates",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("period_start", Instant, primary_key=True, index=True),
    Column("counted", Integer, nullable=False),
)

# Logins at FranceConnect: each is used once, by the session that started it.
oidc_logins = Table(
    "oidc_logins",
    metadata,
    Column("id_hash", Id(64), primary_key=True),
    Column("session_hash", Id(64), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("used_at", Instant),
)

# Requests for identifiers, by phone number (`number:HASH`, which one elector only may use) and by elector (`elector:ID`).
quotas = Table(
    "quotas",
    metadata,
    Column("key", Id(80), primary_key=True),
    Column("elector_id", Id(32), nullable=False),
    Column("uses", Integer, nullable=False),
)

# SMS that were ordered, each by its own id, and counted by elector, by a keyed hash of the number and by country.
sms_counts = Table(
    "sms_counts",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
)

# How many new voting codes support has allowed an elector beyond the election's limit.
reissue_allowances = Table(
    "reissue_allowances",
    metadata,
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), primary_key=True),
    Column("extra", Integer, nullable=False),
)

# One identifier for each request; without `identifier_hash` it can no longer be activated, since a newer one replaced it.
generated_identifiers = Table(
    "generated_identifiers",
    metadata,
    Column("id", Id(64), primary_key=True),
    Column("workflow_id", Id(100), nullable=False),
    Column("elector_id", ForeignKey("electors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("phone_hash", String(64), nullable=False, index=True),
    Column("identifier_hash", String(64)),
    Column("mac", String(64), nullable=False, default=""),
    Column("envelope", String(300), nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("is_anonymous", Boolean, nullable=False, default=False, server_default=false()),
    Column("confirmed_at", Instant),  # when somebody first opened the voting space with it
)

# Legal evidence, without personal data or secrets. A trigger refuses changes, and a deletion before `expires_at`.
# `actor` is an elector's opaque id, the subject of what somebody typed, an operator, a gateway or a role;
# `workflow_id` may be a mailing or `sign-in/ELECTOR_ID`. Events `access:…` have the keyed hash of a network address.
journal = Table(
    "journal",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("entry_id", Id(128), nullable=False, unique=True),
    Column("recorded_at", Instant, nullable=False),
    Column("election_id", String(32), nullable=False),
    Column("event", String(64), nullable=False, index=True),
    Column("actor", String(64), nullable=False, index=True),
    Column("workflow_id", Id(100), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("detail", String(253), nullable=False, default=""),
    Column("wording", String(64), nullable=False, default=""),  # SHA-256 of the sentence that the voter agreed to
    Column("address_hash", String(32), nullable=False, default=""),
    Column("expires_at", Instant, nullable=False, index=True),
)
# Traces of access have none. In the index of hashes they would share one bucket, and each would walk through all before it.
HAS_WORKFLOW = journal.c.workflow_id != literal_column("''")  # a statement that reads by these indexes must say it
Index("ix_journal_workflow_id", journal.c.workflow_id, postgresql_using="hash", postgresql_where=HAS_WORKFLOW)
JOURNAL_REFERENCE = func.right(journal.c.workflow_id, literal_column("14"))  # it may have no row in `progress`
Index("ix_journal_reference", JOURNAL_REFERENCE, postgresql_where=HAS_WORKFLOW)
IS_MARK = text("mod(number, 1000) = 0")  # a day's entries are between two of those
Index("ix_journal_marks", journal.c.recorded_at, postgresql_where=IS_MARK)

# The chain over the journal: one row for each entry, which a trigger adds, without a position until it is sealed. It
# stays when its entry is purged: the chain can still be verified, and nothing can be read from a hash.
journal_seals = Table(
    "journal_seals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, unique=True),
    Column("sealed_at", Instant),
    Column("expires_at", Instant),
    Column("content_hash", Digest),
    Column("chain_hash", Digest),
)
Index("ix_journal_seals_unsealed", journal_seals.c.number, postgresql_where=journal_seals.c.position.is_(None))

# The random key of a day's hashes of network addresses; deleted when the next day is over.
address_keys = Table(
    "address_keys",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("key", LargeBinary(32), nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("last_seen_at", Instant, nullable=False),
)

-- The rights of each part of the system in the roll database: it connects as a role of its own, which has the
-- rights that its code needs and no others. `python -m activities.store.grants` makes the roles, and runs this file
-- after every migration, in one transaction. It can be run again.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM web, recoveries, messaging, console, roll;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM web, recoveries, messaging, console, roll;
-- Nobody but the owner adds an object, not even a temporary one: functions with the owner's rights could mistake it for ours.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;

-- Each adds to the journal, without a number: the database numbers the entries.
GRANT INSERT (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail, wording,
    address_hash, expires_at) ON journal TO web, recoveries, messaging, console, roll;

-- The web reads electors and checks codes; it can neither change a credential nor read the journal.
GRANT SELECT ON electors, activations, credentials, links, workers, reissue_allowances, objections TO web;
-- But for the hash of a right password that has other parameters than today's.
GRANT EXECUTE ON FUNCTION renew_password_hash TO web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, attempts, oidc_logins TO web;
GRANT SELECT, INSERT, UPDATE ON sign_in_codes, rates TO web;
GRANT SELECT, INSERT ON captchas, vault_keys TO web;
-- Where each recovery stands, for its pages.
GRANT SELECT (workflow_id, link_id, stage, since, channel, hint, begun_at, accepted_at, delivered_at, dies_at, fault, sends_left,
    display_until, replaced_at, changed_at) ON progress TO web;
-- It records that an identifier has opened the voting space, and says how many requests are left: no number, no hash.
GRANT SELECT (id, elector_id, counted, created_at, confirmed_at), UPDATE (confirmed_at) ON generated_identifiers TO web;
-- For the usual delay of messages, which the follow page shows.
GRANT SELECT (channel, outcome, started_at, ended_at) ON messages TO web;
-- It adds traces of access to the journal, and nothing else: see the policies below.
GRANT SELECT, INSERT ON address_keys TO web;
-- It shows electors their own record: dates, events, channels and outcomes of one elector at a time; nobody's name or reason.
GRANT EXECUTE ON FUNCTION elector_record TO web;

-- The recoveries role judges requests and issues credentials; it adds to the journal and cannot change it.
GRANT SELECT ON electors, activations TO recoveries;
GRANT SELECT, INSERT, UPDATE ON credentials, links, workers, reissue_allowances TO recoveries;
-- It purges old rows, and closes the voting space in an elector's sessions; it can read no other column of them.
GRANT DELETE ON links, sessions, captchas TO recoveries;
GRANT SELECT (id_hash, last_seen_at, elector_id), UPDATE (voting_space_mac) ON sessions TO recoveries;
GRANT SELECT (id, created_at) ON captchas TO recoveries;
GRANT SELECT (session_hash, expires_at), DELETE ON sign_in_codes TO recoveries;
GRANT SELECT (name, period_start), DELETE ON rates TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO recoveries;
GRANT SELECT, INSERT, DELETE ON vault_keys TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON quotas, sms_counts TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON generated_identifiers TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON progress, objections TO recoveries;
GRANT SELECT, INSERT, UPDATE ON outbox TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON bulk_acts, bulk_items TO recoveries;
GRANT SELECT ON journal TO recoveries;
-- It seals the journal's entries; of the journal itself it deletes only what the function allows.
GRANT SELECT, UPDATE ON journal_seals TO recoveries;
GRANT EXECUTE ON FUNCTION purge_expired_traces TO recoveries;
GRANT SELECT (day), DELETE ON address_keys TO recoveries;

-- The messaging role uses the gateways; in the database it needs the vault's keys of what it sends (see the policies below), the
-- message ledger, and what waits in the outbox.
GRANT SELECT, DELETE ON vault_keys TO messaging;
GRANT SELECT, INSERT, UPDATE ON messages, segments, workers TO messaging;
GRANT DELETE ON segments TO messaging;
GRANT SELECT, INSERT, UPDATE, DELETE ON bounces TO messaging;
-- Which gateway sends, and who has decided it; the history only grows.
GRANT SELECT, INSERT, UPDATE ON gateways TO messaging;
GRANT SELECT, UPDATE ON gateways TO recoveries;
GRANT SELECT (id), INSERT ON gateway_changes TO messaging, recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_errors TO messaging;
-- What became of a message, and not whose it is.
GRANT SELECT (workflow_id, link_id, send_number, stage, since, begun_at, accepted_at, dies_at, fault, display_until),
    UPDATE (send_number, stage, since, begun_at, accepted_at, delivered_at, dies_at, fault, changed_at) ON progress TO messaging;
-- It claims a mailing's rows and notes what became of them; it adds none, and reads no address there but those sealed for it.
GRANT SELECT (elector_id, mailing, state, link_id, sealed, claimed_by, postponed_since, next_try_at, send_number),
    UPDATE (state, cause, sealed, claimed_by, postponed_since, next_try_at, changed_at, domain) ON outbox TO messaging;
-- Whose link has bounced, and so which of these rows.
GRANT SELECT (link_id, elector_id) ON links TO messaging;
-- The console reads what operators are shown: where recoveries stand, but no masked destination; messages, the journal, and what
-- became of a mailing's mails, but neither whose they are nor an address; no elector and no secret. It writes operators' sessions alone.
GRANT SELECT (workflow_id, link_id, send_number, stage, since, channel, begun_at, accepted_at, delivered_at, dies_at, fault,
    sends_left, display_until, replaced_at, changed_at) ON progress TO console;
GRANT SELECT (mailing, state, cause, changed_at, domain, opened_at) ON outbox TO console;
GRANT SELECT ON messages, segments, workers, journal, journal_seals, bulk_acts, bulk_items TO console;
GRANT SELECT ON gateways, gateway_changes, gateway_errors TO console;
-- How many electors a mailing would go to.
GRANT EXECUTE ON FUNCTION count_electors TO console;
-- Whether a request waits to be judged: its key is there, and is not read.
GRANT SELECT (id, workflow_id, created_at) ON vault_keys TO console;
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_sessions TO console;
-- It adds files of rolls, sealed for the role that imports them, and can neither read them again nor decide what becomes of them.
GRANT SELECT, INSERT (id, kind, operator, subject, file_hash, size, reason, created_at, changed_at) ON roll_uploads TO console;
GRANT INSERT ON roll_pieces TO console;

-- The role that imports rolls writes electors, and ends what a removal ends; it has no credential, no link's token and no vault.
GRANT SELECT, INSERT, UPDATE, DELETE ON electors TO roll;
GRANT SELECT, UPDATE, DELETE ON roll_uploads TO roll;
GRANT SELECT, DELETE ON roll_pieces TO roll;
GRANT SELECT (elector_id, ending), UPDATE (ending, revoked_at) ON links TO roll;
GRANT SELECT (elector_id, claimant_elector_id), DELETE ON sessions TO roll;
GRANT SELECT (elector_id), DELETE ON quotas TO roll;
GRANT SELECT, INSERT, UPDATE ON workers TO roll;

-- The messaging role may add message events and its own start only: recoveries read earlier verdicts from the journal, so it
-- must not forge one. The same holds for the web and its traces, and for the console and operators' acts.
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS entries_have_the_time_of_now ON journal;
-- Entries are of now, which is not the begin of their transaction, and kept for a time: the shortest that the election file may give
-- traces, else two years.
CREATE POLICY entries_have_the_time_of_now ON journal AS RESTRICTIVE FOR INSERT TO web, messaging, console, roll
    WITH CHECK (recorded_at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes'
        AND expires_at >= recorded_at + CASE WHEN event LIKE 'access:%' THEN interval '1 day' ELSE interval '2 years' END);
DROP POLICY IF EXISTS recoveries_add_any_event ON journal;
CREATE POLICY recoveries_add_any_event ON journal TO recoveries USING (true);
DROP POLICY IF EXISTS messaging_adds_message_events ON journal;
CREATE POLICY messaging_adds_message_events ON journal FOR INSERT TO messaging
    WITH CHECK (event LIKE 'message:%' AND entry_id LIKE 'message:%');
DROP POLICY IF EXISTS web_adds_traces ON journal;
CREATE POLICY web_adds_traces ON journal FOR INSERT TO web
    WITH CHECK (event LIKE 'access:%' AND entry_id LIKE 'access:%');
DROP POLICY IF EXISTS a_process_adds_its_start ON journal;
CREATE POLICY a_process_adds_its_start ON journal FOR INSERT TO web, messaging, console, roll
    WITH CHECK (event IN ('process:role:started', 'process:weakness:kept') AND actor = current_user AND entry_id LIKE 'process:' || current_user || ':%');
DROP POLICY IF EXISTS console_reads ON journal;
CREATE POLICY console_reads ON journal FOR SELECT TO console USING (true);
DROP POLICY IF EXISTS console_adds_operators_acts ON journal;
CREATE POLICY console_adds_operators_acts ON journal FOR INSERT TO console
    WITH CHECK (event LIKE 'operator:%' AND entry_id LIKE 'console:%');
DROP POLICY IF EXISTS roll_adds_imports ON journal;
CREATE POLICY roll_adds_imports ON journal FOR INSERT TO roll
    WITH CHECK (event LIKE 'operator:roll:%' AND entry_id LIKE 'roll:%');

-- The messaging role talks to strangers, so it finds the keys of what it sends alone: of no proofs, and of no password that a voter
-- has chosen. A key's id ends in its purpose (activities/security/purposes.py).
ALTER TABLE vault_keys ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS keys_of_any_purpose ON vault_keys;
CREATE POLICY keys_of_any_purpose ON vault_keys TO web, recoveries, console USING (true);
DROP POLICY IF EXISTS messaging_has_keys_of_what_it_sends ON vault_keys;
CREATE POLICY messaging_has_keys_of_what_it_sends ON vault_keys TO messaging
    USING (split_part(id, ':', -1) IN ('contact', 'notice', 'identifier', 'sign-in-code', 'letter'));

-- The rights of each part of the system in the roll database: it connects as a role of its own, which has the
-- rights that its code needs and no others. The database's owner runs this with psql after every migration:
--   psql -v ON_ERROR_STOP=1 -f activities/store/grants.sql
-- with WEB_PASSWORD, RECOVERIES_PASSWORD and MESSAGING_PASSWORD in the environment. It can be run again.
\getenv web_password WEB_PASSWORD
\getenv recoveries_password RECOVERIES_PASSWORD
\getenv messaging_password MESSAGING_PASSWORD
\set QUIET on

BEGIN;
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['web', 'recoveries', 'messaging']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE web PASSWORD :'web_password';
ALTER ROLE recoveries PASSWORD :'recoveries_password';
ALTER ROLE messaging PASSWORD :'messaging_password';
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM web, recoveries, messaging;

-- The web reads electors and checks codes; it can neither change a credential nor read the journal.
GRANT SELECT ON electors, activations, credentials, links, workers TO web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, captchas, attempts, oidc_logins TO web;
GRANT SELECT, INSERT ON vault_keys TO web;
-- For the usual delay of messages, which the follow page shows.
GRANT SELECT (channel, outcome, started_at, ended_at) ON messages TO web;

-- The recoveries role judges requests and issues credentials; it adds to the journal and cannot change it.
GRANT SELECT ON electors, activations TO recoveries;
GRANT SELECT, INSERT, UPDATE ON credentials, links, workers TO recoveries;
-- It purges old rows, and closes the voting space in an elector's sessions; it can read no other column of them.
GRANT DELETE ON links, sessions, captchas TO recoveries;
GRANT SELECT (id_hash, last_seen_at, elector_id), UPDATE (voting_space_open) ON sessions TO recoveries;
GRANT SELECT (id, created_at) ON captchas TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO recoveries;
GRANT SELECT, INSERT, DELETE ON vault_keys TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON quotas TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON generated_identifiers TO recoveries;
GRANT SELECT, INSERT ON recipients TO recoveries;
GRANT SELECT, INSERT ON journal TO recoveries;
GRANT USAGE ON SEQUENCE journal_number_seq TO recoveries;

-- The messaging role uses the gateways; in the database it needs the vault and the message ledger only.
GRANT SELECT, DELETE ON vault_keys TO messaging;
GRANT SELECT, INSERT, UPDATE ON messages, segments, workers TO messaging;
GRANT DELETE ON segments TO messaging;
-- It may add message events only: recoveries read earlier verdicts from the journal, so it must not forge one.
GRANT INSERT ON journal TO messaging;
GRANT USAGE ON SEQUENCE journal_number_seq TO messaging;
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS recoveries_add_any_event ON journal;
CREATE POLICY recoveries_add_any_event ON journal TO recoveries USING (true);
DROP POLICY IF EXISTS messaging_adds_message_events ON journal;
CREATE POLICY messaging_adds_message_events ON journal FOR INSERT TO messaging
    WITH CHECK (event LIKE 'message:%' AND entry_id LIKE 'message:%');
COMMIT;

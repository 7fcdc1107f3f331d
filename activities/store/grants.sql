-- Who may do what in the roll database, on PostgreSQL: each part of the system signs in as a user of its
-- own, who may do what its code does and nothing else. Run by the owner, with psql, after every migration:
--   psql -v ON_ERROR_STOP=1 -f activities/store/grants.sql
-- with WEB_PASSWORD, RECOVERIES_PASSWORD and MESSAGING_PASSWORD in the environment. Again, it changes nothing.
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

-- The door recognises electors and their codes; it can neither change a credential nor read the journal.
GRANT SELECT ON electors, activations, credentials, links, workers TO web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, captchas, attempts, oidc_logins TO web;
GRANT SELECT, INSERT ON vault_keys TO web;
-- How long messages take at the moment, for whoever waits for one.
GRANT SELECT (channel, outcome, begun_at, ended_at) ON messages TO web;

-- The recoveries judge, issue and settle; they add to the journal, and change none of it.
GRANT SELECT ON electors, activations TO recoveries;
GRANT SELECT, INSERT, UPDATE ON credentials, links, workers TO recoveries;
-- What is purged at its age: of sessions and CAPTCHAs they see nothing but that, and whose vote they end.
GRANT DELETE ON links, sessions, captchas TO recoveries;
GRANT SELECT (id_hash, seen_at, elector_id), UPDATE (voting) ON sessions TO recoveries;
GRANT SELECT (id, made_at) ON captchas TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO recoveries;
GRANT SELECT, INSERT, DELETE ON vault_keys TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON quotas TO recoveries;
GRANT SELECT, INSERT, UPDATE, DELETE ON identifier_requests TO recoveries;
GRANT SELECT, INSERT ON recipients TO recoveries;
GRANT SELECT, INSERT ON journal TO recoveries;
GRANT USAGE ON SEQUENCE journal_number_seq TO recoveries;

-- The messaging has gateways, and of the database the vault and the message ledger.
GRANT SELECT, DELETE ON vault_keys TO messaging;
GRANT SELECT, INSERT, UPDATE ON messages, segments, workers TO messaging;
GRANT DELETE ON segments TO messaging;
-- It adds to the journal what became of messages, and nothing else: a verdict is read there.
GRANT INSERT ON journal TO messaging;
GRANT USAGE ON SEQUENCE journal_number_seq TO messaging;
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS recoveries_tell_of_everything ON journal;
CREATE POLICY recoveries_tell_of_everything ON journal TO recoveries USING (true);
DROP POLICY IF EXISTS messaging_tells_of_messages ON journal;
CREATE POLICY messaging_tells_of_messages ON journal FOR INSERT TO messaging
    WITH CHECK (event LIKE 'message:%' AND entry_id LIKE 'message:%');
COMMIT;

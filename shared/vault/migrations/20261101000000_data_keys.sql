-- migrate:up

-- One data key per person, coach or clinic, wrapped by the key-encryption key. Deleting a row
-- erases everything that the key sealed, wherever it lies.
CREATE TABLE data_keys (
    key_id uuid PRIMARY KEY,
    owner text NOT NULL DEFAULT current_user,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_unwraps ON data_keys FOR SELECT USING (true);
CREATE POLICY makers_make_their_own ON data_keys FOR INSERT WITH CHECK (owner = current_user);
CREATE POLICY makers_shred_their_own ON data_keys FOR DELETE USING (owner = current_user);
GRANT SELECT ON data_keys TO intake, matching, notifications;
GRANT INSERT, DELETE ON data_keys TO intake, matching;

-- migrate:down
DROP TABLE data_keys;

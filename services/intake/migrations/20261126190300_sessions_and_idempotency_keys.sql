-- migrate:up

-- Who has signed in to a clinic's pages. A session ends by itself, by sign-out, with the key that
-- opened it, and while the clinic is suspended.
CREATE TABLE clinic_sessions (
    session_hash bytea PRIMARY KEY,
    clinic_id uuid NOT NULL REFERENCES clinics,
    api_secret_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX clinic_sessions_by_expiry ON clinic_sessions (expires_at);
ALTER TABLE clinic_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE clinic_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON clinic_sessions TO intake USING (true) WITH CHECK (true);

-- What a clinic has sent under each Idempotency-Key: the header binds whatever the body says.
CREATE TABLE idempotency_keys (
    clinic_id uuid NOT NULL REFERENCES clinics,
    key_hash bytea NOT NULL,
    body_hash bytea NOT NULL,
    referral_id uuid NOT NULL REFERENCES referrals,
    PRIMARY KEY (clinic_id, key_hash)
);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON idempotency_keys TO intake USING (true) WITH CHECK (true);
CREATE POLICY a_clinic_sees_its_own ON idempotency_keys TO intake_web
    USING (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid)
    WITH CHECK (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid);
GRANT SELECT, INSERT ON idempotency_keys TO intake_web;

-- migrate:down
DROP TABLE idempotency_keys, clinic_sessions;

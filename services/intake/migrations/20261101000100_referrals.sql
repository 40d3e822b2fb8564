-- migrate:up

CREATE TABLE clinics (
    clinic_id uuid PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed_contact bytea NOT NULL,
    api_prefix text NOT NULL,
    api_secret_hash bytea NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    suspended_at timestamptz,
    CONSTRAINT an_api_key_prefix_belongs_to_one_clinic UNIQUE (api_prefix)
);

CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    clinic_id uuid NOT NULL REFERENCES clinics,
    key_id uuid NOT NULL,
    record_hash bytea,
    identity_hash bytea NOT NULL,
    needs_review boolean NOT NULL DEFAULT false,
    erased_at timestamptz
);
CREATE INDEX people_by_record ON people (clinic_id, record_hash);

CREATE TABLE referrals (
    referral_id uuid PRIMARY KEY,
    clinic_id uuid NOT NULL REFERENCES clinics,
    person_id uuid NOT NULL REFERENCES people,
    reference text NOT NULL,
    business_key bytea NOT NULL,
    body_hash bytea NOT NULL,
    sealed_body bytea NOT NULL,
    media_type text NOT NULL,
    episode integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    progress text NOT NULL,
    overlays text[] NOT NULL DEFAULT '{}',
    refusal text,
    problems text NOT NULL,
    warnings text NOT NULL,
    urgency text NOT NULL,
    language text NOT NULL,
    consent_id uuid NOT NULL,
    first_status smallint NOT NULL,
    first_answer text NOT NULL,
    consent_revoked_at timestamptz,
    accepted_at timestamptz,
    coach_id uuid,
    first_contact_by timestamptz,
    texts_stopped_at timestamptz,
    next_action_at timestamptz,
    received_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT a_clinic_uses_a_business_key_once UNIQUE (clinic_id, business_key),
    CONSTRAINT a_reference_is_given_once UNIQUE (reference),
    CONSTRAINT an_unfinished_referral_has_a_next_action
        CHECK (closed_at IS NOT NULL OR next_action_at IS NOT NULL)
);
CREATE INDEX referrals_by_clinic ON referrals (clinic_id, received_at DESC);
CREATE INDEX referrals_by_next_action ON referrals (next_action_at) WHERE closed_at IS NULL;

-- What the clinic reads as the timeline: codes and times, no text of anybody.
CREATE TABLE happenings (
    happening_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES referrals,
    clinic_id uuid NOT NULL,
    at timestamptz NOT NULL,
    code text NOT NULL
);
CREATE INDEX happenings_by_referral ON happenings (referral_id, happening_id);

-- First names of coaches, sealed, for the clinic whose person they support.
CREATE TABLE coaches (
    coach_id uuid PRIMARY KEY,
    sealed text NOT NULL
);

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
ALTER TABLE referrals ENABLE ROW LEVEL SECURITY;
ALTER TABLE referrals FORCE ROW LEVEL SECURITY;
ALTER TABLE happenings ENABLE ROW LEVEL SECURITY;
ALTER TABLE happenings FORCE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON people TO intake USING (true) WITH CHECK (true);
CREATE POLICY the_service_sees_all ON referrals TO intake USING (true) WITH CHECK (true);
CREATE POLICY the_service_sees_all ON happenings TO intake USING (true) WITH CHECK (true);
CREATE POLICY a_clinic_sees_its_own ON people TO intake_web
    USING (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid)
    WITH CHECK (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid);
CREATE POLICY a_clinic_sees_its_own ON referrals TO intake_web
    USING (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid)
    WITH CHECK (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid);
CREATE POLICY a_clinic_sees_its_own ON happenings TO intake_web
    USING (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid)
    WITH CHECK (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON people, referrals, happenings TO intake_web;
GRANT SELECT ON clinics, coaches TO intake_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sequences, timers TO intake_web;
GRANT INSERT ON outbox, audit TO intake_web;

-- migrate:down
DROP TABLE coaches, happenings, referrals, people, clinics;

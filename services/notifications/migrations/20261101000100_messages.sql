-- migrate:up

-- Everybody who can be written to. What they are called and their addresses stay sealed.
CREATE TABLE contacts (
    kind text NOT NULL CHECK (kind IN ('person', 'coach', 'clinic')),
    recipient_id uuid NOT NULL,
    sealed text,
    phone_hash bytea,
    has_email boolean NOT NULL DEFAULT false,
    language text NOT NULL,
    zone text NOT NULL,
    text_ok boolean NOT NULL DEFAULT true,
    shared_phone boolean NOT NULL DEFAULT false,
    number_state text NOT NULL DEFAULT 'unverified'
        CHECK (number_state IN ('unverified', 'verified', 'unusable')),
    last_words_at timestamptz,
    held boolean NOT NULL DEFAULT false,
    erased boolean NOT NULL DEFAULT false,
    deceased boolean NOT NULL DEFAULT false,
    PRIMARY KEY (kind, recipient_id)
);
CREATE INDEX contacts_by_phone ON contacts (phone_hash);

-- Who wants no texts: HMACs of numbers, which survive the erasure of a person.
CREATE TABLE opt_outs (
    phone_hash bytea NOT NULL,
    scope text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (phone_hash, scope)
);

-- What notifications knows of a referral: enough to decide a send.
CREATE TABLE referrals (
    referral_id uuid PRIMARY KEY,
    clinic_id uuid,
    person_id uuid,
    reference text,
    episode integer NOT NULL DEFAULT 1,
    standing text NOT NULL DEFAULT 'open' CHECK (standing IN ('open', 'ending', 'ended')),
    held boolean NOT NULL DEFAULT false,
    consent_revoked boolean NOT NULL DEFAULT false,
    consent_ends_at timestamptz,
    coach_id uuid,
    offer_id uuid,
    first_contact_by timestamptz,
    contact_logged boolean NOT NULL DEFAULT false,
    first_contact_at timestamptz
);
CREATE INDEX referrals_by_person ON referrals (person_id);

CREATE TABLE offers (
    offer_id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    coach_id uuid NOT NULL,
    code text NOT NULL,
    answer_by timestamptz NOT NULL,
    settled boolean NOT NULL DEFAULT false,
    answered_by_text boolean NOT NULL DEFAULT false
);
CREATE INDEX offers_open_by_coach ON offers (coach_id) WHERE NOT settled;

CREATE TABLE messages (
    message_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    referral_id uuid,
    occasion_id uuid NOT NULL,
    episode integer NOT NULL,
    plan_version integer NOT NULL,
    step text NOT NULL,
    recipient_kind text NOT NULL,
    recipient_id uuid NOT NULL,
    offer_id uuid,
    state text NOT NULL CHECK (state IN ('planned', 'claimed', 'unknown', 'parked', 'sent',
                                         'delivered', 'undelivered', 'no_receipt', 'suppressed',
                                         'failed')),
    due_at timestamptz NOT NULL,
    next_at timestamptz,
    wait_reason text,
    channel text,
    claim_epoch integer NOT NULL DEFAULT 0,
    claimed_at timestamptz,
    body_hash bytea,
    provider_id text,
    receipt text,
    reason text,
    retries smallint NOT NULL DEFAULT 0,
    sent_at timestamptz,
    planned_at timestamptz NOT NULL,
    correlation_id uuid NOT NULL,
    -- A step is planned once; what answers a text or asks about an offer is its own occasion.
    CONSTRAINT a_step_is_planned_once
        UNIQUE (subject_id, occasion_id, episode, plan_version, step, recipient_id),
    CONSTRAINT an_unfinished_message_has_a_next_moment
        CHECK (state NOT IN ('planned', 'claimed', 'unknown', 'sent') OR next_at IS NOT NULL)
);
CREATE INDEX messages_due ON messages (next_at, message_id)
    WHERE state IN ('planned', 'claimed', 'unknown');
CREATE INDEX messages_without_receipt ON messages (next_at) WHERE state = 'sent';
CREATE INDEX messages_to_recipient ON messages (recipient_id, sent_at);
CREATE INDEX messages_by_provider_id ON messages (provider_id);
ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0.01);

-- What people wrote to us. The words are sealed; a human reads them.
CREATE TABLE inbound_texts (
    provider_id text PRIMARY KEY,
    kind text,
    recipient_id uuid,
    sealed text,
    received_at timestamptz NOT NULL,
    needs_human boolean NOT NULL,
    meaning text NOT NULL,
    read_at timestamptz
);
CREATE INDEX inbound_texts_to_read ON inbound_texts (received_at)
    WHERE needs_human AND read_at IS NULL;

-- Channels that our own fault has stopped, until somebody mends it.
CREATE TABLE stopped_channels (
    channel text PRIMARY KEY,
    since timestamptz NOT NULL,
    reason text NOT NULL
);

-- When each partition was last seen read to its end: a revocation may hide in what is not read.
CREATE TABLE feeds (
    topic text NOT NULL,
    partition integer NOT NULL,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- migrate:down
DROP TABLE feeds, stopped_channels, inbound_texts, messages, offers, referrals, opt_outs, contacts;

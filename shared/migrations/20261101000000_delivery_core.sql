-- migrate:up

-- The number of the last event emitted per topic and key. Taking the next number locks the row
-- until the transaction ends, so the outbox ids of one key are in commit order.
CREATE TABLE sequences (
    topic text NOT NULL,
    key uuid NOT NULL,
    last_seq bigint NOT NULL CHECK (last_seq > 0),
    PRIMARY KEY (topic, key)
);

-- Events that are committed and not yet acknowledged by the broker.
CREATE TABLE outbox (
    outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    occurred_at timestamptz NOT NULL,
    correlation_id uuid NOT NULL,
    payload text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX outbox_in_order_per_shard ON outbox (shard, outbox_id);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- How far each key of each topic has been handled.
CREATE TABLE inbox (
    topic text NOT NULL,
    key uuid NOT NULL,
    last_seq bigint NOT NULL,
    failed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (topic, key)
);

-- Records that could not be handled when they came, sealed as they came.
-- failed: a dead letter, waits for a person. behind_failed: follows a dead letter of its key.
-- gap: came before its predecessor and heals when that one comes.
CREATE TABLE parked_records (
    record_id uuid PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key uuid,
    seq bigint,
    type text,
    reason text NOT NULL CHECK (reason IN ('failed', 'behind_failed', 'gap')),
    error text,
    sealed bytea NOT NULL,
    parked_at timestamptz NOT NULL,
    CONSTRAINT a_record_is_parked_once UNIQUE (topic, partition, record_offset)
);
CREATE INDEX parked_records_by_key ON parked_records (topic, key, seq);
CREATE INDEX parked_records_by_reason ON parked_records (reason, parked_at);

-- What has to happen later. Set, moved and cancelled in the transaction that decides it.
CREATE TABLE timers (
    timer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    subject_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    payload text NOT NULL,
    correlation_id uuid NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    error text,
    CONSTRAINT one_timer_per_kind_and_key UNIQUE (kind, key)
);
CREATE INDEX timers_due ON timers (due_at, timer_id) WHERE attempts < 5;
CREATE INDEX timers_stuck ON timers (timer_id) WHERE attempts >= 5;
CREATE INDEX timers_by_subject ON timers (subject_id);
ALTER TABLE timers SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Who did what to whose data. References and codes only, so that erasing a person does not
-- break the chain.
CREATE TABLE audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    detail text NOT NULL,
    correlation_id uuid NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject_id, audit_id);

-- The chain over the audit rows: each link covers the row and the link before it.
CREATE TABLE audit_links (
    link_no bigint PRIMARY KEY,
    audit_id bigint NOT NULL REFERENCES audit,
    hash bytea NOT NULL,
    CONSTRAINT an_audit_row_is_chained_once UNIQUE (audit_id)
);
CREATE TABLE audit_checkpoints (
    link_no bigint PRIMARY KEY REFERENCES audit_links,
    signed_at timestamptz NOT NULL,
    signature bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is insert-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER the_audit_is_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER the_links_are_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER the_checkpoints_are_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- migrate:down
DROP TABLE audit_checkpoints, audit_links, audit, timers, parked_records, inbox, outbox, sequences;
DROP FUNCTION refuse_change();

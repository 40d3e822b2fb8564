-- migrate:up

-- The histories of this database. A new epoch begins only when somebody has recovered it after a
-- restore: numbers of one epoch are given once, so an event of another epoch is never a duplicate.
CREATE TABLE epochs (
    epoch integer PRIMARY KEY CHECK (epoch > 0),
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The state of the database was lost from here on; NULL for the first epoch.
    lost_since timestamptz,
    CONSTRAINT only_the_first_epoch_has_lost_nothing CHECK ((epoch = 1) = (lost_since IS NULL))
);
INSERT INTO epochs (epoch) VALUES (1);

ALTER TABLE outbox ADD COLUMN epoch integer NOT NULL DEFAULT 1;
CREATE INDEX outbox_by_event ON outbox (event_id);

-- How far each partition of the own topics holds what this database has published: every event
-- before this offset was committed here first.
CREATE TABLE published_positions (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    PRIMARY KEY (topic, partition)
);

-- How far each partition has been consumed: moved in the transaction that settled the records, so
-- that a restored database reads again what it has forgotten.
CREATE TABLE consumed_positions (
    topic text NOT NULL,
    partition integer NOT NULL,
    -- Where this consumer began. After offset 0 older events of a key may be missing.
    first_offset bigint NOT NULL CHECK (first_offset >= 0),
    next_offset bigint NOT NULL CHECK (next_offset >= first_offset),
    PRIMARY KEY (topic, partition)
);

-- After a recovery: how far the topics of the others have to be consumed again before anything is
-- decided from this database.
CREATE TABLE catch_up_targets (
    topic text NOT NULL,
    partition integer NOT NULL,
    until_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- The ids of the last events of a key, newest last: a number that was used is a duplicate only
-- when it is the same event.
ALTER TABLE inbox ADD COLUMN epoch integer NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN event_ids uuid[] NOT NULL DEFAULT '{}';

-- retrying: its handler failed and is tried again, apart from the stream.
-- conflict: its number was used by another event; the owner's database has gone back.
-- refused: it does not come from the topic's owner; it belongs to no key.
ALTER TABLE parked_records DROP CONSTRAINT parked_records_reason_check;
ALTER TABLE parked_records ADD CONSTRAINT a_parked_record_has_a_known_reason CHECK (reason IN
    ('failed', 'behind_failed', 'gap', 'retrying', 'conflict', 'refused')) NOT VALID;
ALTER TABLE parked_records ADD COLUMN attempts smallint NOT NULL DEFAULT 0;
ALTER TABLE parked_records ADD COLUMN retry_at timestamptz;
ALTER TABLE parked_records ADD CONSTRAINT a_retrying_record_has_a_next_attempt
    CHECK (reason <> 'retrying' OR retry_at IS NOT NULL) NOT VALID;
CREATE INDEX parked_records_to_retry ON parked_records (retry_at) WHERE reason = 'retrying';
CREATE INDEX parked_records_of_key ON parked_records (key);

-- migrate:down
DROP INDEX parked_records_of_key, parked_records_to_retry;
ALTER TABLE parked_records DROP CONSTRAINT a_retrying_record_has_a_next_attempt;
ALTER TABLE parked_records DROP COLUMN retry_at, DROP COLUMN attempts;
ALTER TABLE parked_records DROP CONSTRAINT a_parked_record_has_a_known_reason;
ALTER TABLE parked_records ADD CONSTRAINT parked_records_reason_check CHECK (reason IN
    ('failed', 'behind_failed', 'gap')) NOT VALID;
ALTER TABLE inbox DROP COLUMN event_ids, DROP COLUMN epoch;
DROP TABLE catch_up_targets, consumed_positions, published_positions;
DROP INDEX outbox_by_event;
ALTER TABLE outbox DROP COLUMN epoch;
DROP TABLE epochs;

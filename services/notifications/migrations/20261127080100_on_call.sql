-- migrate:up

-- Who is on call: one line per week and place. It stands until a later week says otherwise.
CREATE TABLE rota_weeks (
    starts_on date NOT NULL CONSTRAINT a_week_of_the_rota_begins_on_a_monday
        CHECK (extract(isodow FROM starts_on) = 1),
    place text NOT NULL CHECK (place IN ('first', 'second')),
    staff_id uuid NOT NULL,
    PRIMARY KEY (starts_on, place)
);

-- Somebody stands in for a while; of two at the same time the one that was noted last.
CREATE TABLE rota_covers (
    cover_id uuid PRIMARY KEY,
    place text NOT NULL CHECK (place IN ('first', 'second')),
    staff_id uuid NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    noted_at timestamptz NOT NULL,
    CONSTRAINT a_cover_ends_after_it_begins CHECK (from_at < until_at),
    CONSTRAINT a_cover_is_noted_once UNIQUE (place, staff_id, from_at, until_at)
);
CREATE INDEX rota_covers_by_end ON rota_covers (until_at);

-- A task that wakes people: how far its ladder has come. The code is what `OK nn` names; it is
-- given with the first call, and a number that was in use comes again as late as possible.
CREATE TABLE alarms (
    task_id uuid PRIMARY KEY REFERENCES tasks,
    code smallint,
    calls integer NOT NULL DEFAULT 0,
    begun_at timestamptz,
    called_at timestamptz,
    acknowledged_at timestamptz,
    seen_at timestamptz,
    CONSTRAINT an_alarm_that_has_begun_has_a_code CHECK ((begun_at IS NULL) = (code IS NULL))
);
CREATE INDEX alarms_by_code ON alarms (code, begun_at);

-- Tasks that wait already wake somebody too.
INSERT INTO alarms (task_id) SELECT task_id FROM tasks;
INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
SELECT 'alarm_due', task_id::text, task_id,
       CASE WHEN kind IN ('danger', 'safety_finding') THEN opened_at ELSE due_at END,
       json_build_object('task_id', task_id)::text, task_id
  FROM tasks WHERE closed_at IS NULL;

CREATE TABLE alarm_codes (last_code smallint NOT NULL);
INSERT INTO alarm_codes (last_code) VALUES (10);

-- What an alarm did and who answered it. A text or mail of an entry has its id as occasion.
CREATE TABLE alarm_log (
    entry_id uuid PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES alarms,
    what text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    people integer NOT NULL
);
CREATE INDEX alarm_log_by_task ON alarm_log (task_id, at);

-- migrate:down
DELETE FROM timers WHERE kind = 'alarm_due';
DROP TABLE alarm_log, alarm_codes, alarms, rota_covers, rota_weeks;

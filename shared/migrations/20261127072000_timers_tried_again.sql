-- migrate:up

-- Failures that look as if they would pass are counted apart: such a timer is tried on without end,
-- but not out of sight. A failed timer waits until `retry_at`; `due_at` stays, so that it is late
-- for as long as it is.
ALTER TABLE timers ADD COLUMN transient_tries integer NOT NULL DEFAULT 0;
ALTER TABLE timers ADD COLUMN retry_at timestamptz;
CREATE INDEX timers_to_retry ON timers (retry_at) WHERE retry_at IS NOT NULL AND attempts < 5;

-- migrate:down
DROP INDEX timers_to_retry;
ALTER TABLE timers DROP COLUMN retry_at, DROP COLUMN transient_tries;

-- migrate:up

-- The clinic has asked to end the support; the coach stays, and sees nobody, until that is settled.
ALTER TABLE searches ADD COLUMN end_requested_at timestamptz;

-- migrate:down
ALTER TABLE searches DROP COLUMN end_requested_at;

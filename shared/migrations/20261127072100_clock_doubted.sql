-- migrate:up

-- A running process has seen all clocks jump together: nobody acts upon the time, also after a
-- restart, until the clocks are as before or a person has said that they are right.
ALTER TABLE clock_seen ADD COLUMN doubted boolean NOT NULL DEFAULT false;
ALTER TABLE clock_seen ADD COLUMN confirmed_at timestamptz;

-- migrate:down
ALTER TABLE clock_seen DROP COLUMN confirmed_at, DROP COLUMN doubted;

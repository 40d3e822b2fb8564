-- migrate:up

-- A supervisor said that all coaches may be asked again: offers made before do not count.
ALTER TABLE searches ADD COLUMN asked_anew_at timestamptz;

-- migrate:down
ALTER TABLE searches DROP COLUMN asked_anew_at;

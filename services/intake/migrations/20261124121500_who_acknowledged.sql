-- migrate:up

-- A hold ends by somebody's name: staff of the clinic, never the person.
ALTER TABLE happenings ADD COLUMN by_name text;
ALTER TABLE happenings ADD CONSTRAINT a_hold_is_released_by_a_name
    CHECK (code <> 'hold_acknowledged' OR by_name IS NOT NULL) NOT VALID;

-- A crisis text holds every unfinished referral of the person.
CREATE INDEX referrals_by_person ON referrals (person_id) WHERE closed_at IS NULL;

-- migrate:down
DROP INDEX referrals_by_person;
ALTER TABLE happenings DROP CONSTRAINT a_hold_is_released_by_a_name;
ALTER TABLE happenings DROP COLUMN by_name;

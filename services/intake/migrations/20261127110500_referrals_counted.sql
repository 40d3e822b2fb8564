-- migrate:up

-- How many referrals each clinic has sent in the newest hour and day in which it sent any. Counted
-- by the statement that stores them, so that those who send at once wait for each other's count.
CREATE TABLE referrals_counted (
    clinic_id uuid PRIMARY KEY REFERENCES clinics,
    hour timestamptz NOT NULL,
    in_hour integer NOT NULL,
    day timestamptz NOT NULL,
    in_day integer NOT NULL
);
ALTER TABLE referrals_counted ENABLE ROW LEVEL SECURITY;
ALTER TABLE referrals_counted FORCE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON referrals_counted TO intake USING (true) WITH CHECK (true);
CREATE POLICY a_clinic_sees_its_own ON referrals_counted TO intake_web
    USING (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid)
    WITH CHECK (clinic_id = nullif(current_setting('app.clinic', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON referrals_counted TO intake_web;

-- migrate:down
DROP TABLE referrals_counted;

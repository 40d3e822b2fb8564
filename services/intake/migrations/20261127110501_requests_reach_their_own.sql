-- migrate:up

-- What a request of a clinic writes is about its own referrals, people and tasks, also where a bug
-- would have it otherwise. It sees no clinic's key.
REVOKE SELECT ON clinics FROM intake_web;
REVOKE DELETE ON sequences FROM intake_web;

ALTER TABLE timers ENABLE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON timers TO intake USING (true) WITH CHECK (true);
CREATE POLICY a_clinic_sees_those_of_its_referrals ON timers TO intake_web
    USING (EXISTS (SELECT FROM referrals WHERE referral_id = timers.subject_id))
    WITH CHECK (EXISTS (SELECT FROM referrals WHERE referral_id = timers.subject_id));

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY the_service_sees_all ON outbox TO intake USING (true) WITH CHECK (true);
CREATE POLICY a_clinic_tells_of_its_own ON outbox FOR INSERT TO intake_web
    WITH CHECK (EXISTS (SELECT FROM referrals WHERE referral_id = outbox.key)
                OR EXISTS (SELECT FROM people WHERE person_id = outbox.key)
                OR EXISTS (SELECT FROM tasks WHERE task_id = outbox.key));

-- migrate:down
DROP POLICY a_clinic_tells_of_its_own ON outbox;
DROP POLICY the_service_sees_all ON outbox;
ALTER TABLE outbox DISABLE ROW LEVEL SECURITY;
DROP POLICY a_clinic_sees_those_of_its_referrals ON timers;
DROP POLICY the_service_sees_all ON timers;
ALTER TABLE timers DISABLE ROW LEVEL SECURITY;
GRANT DELETE ON sequences TO intake_web;
GRANT SELECT ON clinics TO intake_web;

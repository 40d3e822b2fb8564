-- migrate:up

-- A request of a clinic opens and closes tasks about its own referrals, and sees no others.
GRANT SELECT, INSERT, UPDATE ON tasks TO intake_web;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY a_clinic_sees_tasks_of_its_referrals ON tasks FOR ALL TO intake_web
    USING (EXISTS (SELECT FROM referrals WHERE referral_id = tasks.subject_id))
    WITH CHECK (EXISTS (SELECT FROM referrals WHERE referral_id = tasks.subject_id));
CREATE POLICY the_service_sees_all_tasks ON tasks FOR ALL TO intake USING (true) WITH CHECK (true);

-- migrate:down
DROP POLICY the_service_sees_all_tasks ON tasks;
DROP POLICY a_clinic_sees_tasks_of_its_referrals ON tasks;
ALTER TABLE tasks DISABLE ROW LEVEL SECURITY;
REVOKE SELECT, INSERT, UPDATE ON tasks FROM intake_web;

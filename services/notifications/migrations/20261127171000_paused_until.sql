-- migrate:up

-- Until when support is paused. Its coach is reminded on that day, and on no day that it had before.
ALTER TABLE referrals ADD COLUMN paused_until timestamptz;
UPDATE referrals r
   SET paused_until = coalesce((SELECT max(due_at) FROM messages m
                                 WHERE m.subject_id = r.referral_id
                                   AND m.step = 'coach_pause_over'), now())
 WHERE paused;
ALTER TABLE referrals DROP COLUMN paused;

-- migrate:down
ALTER TABLE referrals ADD COLUMN paused boolean NOT NULL DEFAULT false;
UPDATE referrals SET paused = true WHERE paused_until IS NOT NULL;
ALTER TABLE referrals DROP COLUMN paused_until;

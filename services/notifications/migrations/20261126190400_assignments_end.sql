-- migrate:up

-- The assignment that ended: what would still announce its coach is not sent any more.
ALTER TABLE referrals ADD COLUMN ended_offer_id uuid;

-- migrate:down
ALTER TABLE referrals DROP COLUMN ended_offer_id;

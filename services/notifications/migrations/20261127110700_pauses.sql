-- migrate:up

-- Support is paused: nobody is asked how it goes, and the coach is reminded of the review.
ALTER TABLE referrals ADD COLUMN paused boolean NOT NULL DEFAULT false;

-- migrate:down
ALTER TABLE referrals DROP COLUMN paused;

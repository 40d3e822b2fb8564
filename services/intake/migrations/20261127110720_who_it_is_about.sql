-- migrate:up

-- Name to use and record number, sealed under the person's key: a clinic finds its own people.
ALTER TABLE referrals ADD COLUMN sealed_person bytea;

-- migrate:down
ALTER TABLE referrals DROP COLUMN sealed_person;

-- migrate:up

-- What a clinic says of a consent, or of a death, holds for everything it asked for that person.
-- Two rows are one person where they share a record number, or a phone number and a birth date.
ALTER TABLE people ADD COLUMN phone_hash bytea;
ALTER TABLE people ADD COLUMN contact_hash bytea;
ALTER TABLE people ADD COLUMN consent_revoked_on date;
ALTER TABLE people ADD COLUMN deceased_at timestamptz;
CREATE INDEX people_by_phone ON people (clinic_id, phone_hash) WHERE phone_hash IS NOT NULL;
ALTER TABLE referrals ADD COLUMN consent_signed_on date;

-- A consent without a known date may have been signed before any revocation.
CREATE FUNCTION refuse_to_accept_without_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM people
                WHERE person_id = NEW.person_id
                  AND consent_revoked_on >= coalesce(NEW.consent_signed_on, '-infinity')) THEN
        RAISE check_violation USING CONSTRAINT = 'nobody_relies_on_a_revoked_consent',
            MESSAGE = 'the consent of this referral was revoked';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER nobody_relies_on_a_revoked_consent
    AFTER INSERT OR UPDATE OF accepted_at, consent_signed_on ON referrals
    FOR EACH ROW WHEN (NEW.accepted_at IS NOT NULL AND NEW.closed_at IS NULL)
    EXECUTE FUNCTION refuse_to_accept_without_consent();

CREATE FUNCTION refuse_to_go_on_without_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM referrals
                WHERE person_id = NEW.person_id AND accepted_at IS NOT NULL AND closed_at IS NULL
                  AND coalesce(consent_signed_on, '-infinity') <= NEW.consent_revoked_on) THEN
        RAISE check_violation USING CONSTRAINT = 'a_revocation_ends_what_it_concerns',
            MESSAGE = 'a referral goes on under a consent that was revoked';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER a_revocation_ends_what_it_concerns
    AFTER UPDATE OF consent_revoked_on ON people DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.consent_revoked_on IS NOT NULL)
    EXECUTE FUNCTION refuse_to_go_on_without_consent();

-- migrate:down
DROP TRIGGER a_revocation_ends_what_it_concerns ON people;
DROP TRIGGER nobody_relies_on_a_revoked_consent ON referrals;
DROP FUNCTION refuse_to_go_on_without_consent;
DROP FUNCTION refuse_to_accept_without_consent;
ALTER TABLE referrals DROP COLUMN consent_signed_on;
DROP INDEX people_by_phone;
ALTER TABLE people DROP COLUMN deceased_at;
ALTER TABLE people DROP COLUMN consent_revoked_on;
ALTER TABLE people DROP COLUMN contact_hash;
ALTER TABLE people DROP COLUMN phone_hash;

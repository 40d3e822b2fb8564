-- migrate:up

CREATE TABLE coaches (
    coach_id uuid PRIMARY KEY,
    organisation text NOT NULL,
    key_id uuid NOT NULL,
    sealed_contact bytea NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    business_hours text NOT NULL,
    counties text[] NOT NULL,
    remote boolean NOT NULL,
    languages text[] NOT NULL,
    active boolean NOT NULL,
    supervised boolean NOT NULL,
    paused_until timestamptz,
    max_active integer NOT NULL CHECK (max_active >= 0),
    taken integer NOT NULL DEFAULT 0,
    open_offers integer NOT NULL DEFAULT 0,
    kinds_of_support text[] NOT NULL,
    fit text NOT NULL,
    attributes text[] NOT NULL,
    last_offered_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT a_coach_is_never_over_capacity CHECK (taken BETWEEN 0 AND max_active)
);

CREATE TABLE credentials (
    coach_id uuid NOT NULL REFERENCES coaches,
    scheme text NOT NULL,
    jurisdiction text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    PRIMARY KEY (coach_id, scheme, jurisdiction)
);

-- Whom either side keeps apart. Neither side learns that a row exists or why.
CREATE TABLE exclusions (
    coach_id uuid NOT NULL REFERENCES coaches,
    person_id uuid NOT NULL,
    PRIMARY KEY (coach_id, person_id)
);

CREATE TABLE searches (
    referral_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    episode integer NOT NULL,
    state text NOT NULL CHECK (state IN ('searching', 'offered', 'waitlisted', 'assigned',
                                         'rematching', 'held', 'closed')),
    state_before_hold text,
    need text NOT NULL,
    since timestamptz NOT NULL,
    virtual_arrival timestamptz NOT NULL,
    lapsed integer NOT NULL DEFAULT 0,
    next_action_at timestamptz,
    changed_at timestamptz NOT NULL,
    CONSTRAINT an_unfinished_search_has_a_next_action
        CHECK (state IN ('closed', 'assigned', 'held') OR next_action_at IS NOT NULL)
);
CREATE INDEX searches_waiting_in_order
    ON searches (virtual_arrival, referral_id)
    WHERE state = 'waitlisted';

CREATE TABLE offers (
    offer_id uuid PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES searches,
    episode integer NOT NULL,
    coach_id uuid NOT NULL REFERENCES coaches,
    state text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn',
                                         'handing_over', 'ended')),
    code text NOT NULL,
    made_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    sent_at timestamptz,
    seen_at timestamptz,
    answered_at timestamptz,
    first_contact_by timestamptz,
    reason text,
    CONSTRAINT an_offer_link_is_known_once UNIQUE (code)
);
-- A referral has at most one live offer or assignment: an accepted offer stays live until
-- support ends or a handover begins.
CREATE UNIQUE INDEX one_live_offer_or_assignment_per_referral
    ON offers (referral_id) WHERE state IN ('open', 'accepted');
CREATE INDEX offers_by_referral ON offers (referral_id, made_at);
CREATE INDEX offers_live_by_coach ON offers (coach_id) WHERE state IN ('open', 'accepted');

-- Room is counted by the database, so that no code can forget it. Whoever comes too late for the
-- last place is told to try again, and then finds another coach.
CREATE FUNCTION count_room() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_open boolean := TG_OP = 'UPDATE' AND OLD.state = 'open';
    was_live boolean := TG_OP = 'UPDATE' AND OLD.state IN ('open', 'accepted');
    is_open boolean := NEW.state = 'open';
    is_live boolean := NEW.state IN ('open', 'accepted');
BEGIN
    IF was_open <> is_open OR was_live <> is_live THEN
        UPDATE coaches
           SET taken = taken + is_live::int - was_live::int,
               open_offers = open_offers + is_open::int - was_open::int,
               last_offered_at = CASE WHEN TG_OP = 'INSERT' THEN NEW.made_at
                                      ELSE last_offered_at END
         WHERE coach_id = NEW.coach_id
           AND (was_live OR NOT is_live OR taken < max_active);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the place was taken' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_live_offer_takes_a_place AFTER INSERT OR UPDATE OF state ON offers
    FOR EACH ROW EXECUTE FUNCTION count_room();

-- Why each coach was asked and why each other one was not: ids, codes and numbers only.
CREATE TABLE decisions (
    decision_id uuid PRIMARY KEY,
    referral_id uuid NOT NULL REFERENCES searches,
    offer_id uuid,
    decided_at timestamptz NOT NULL,
    explanation text NOT NULL
);
CREATE INDEX decisions_by_referral ON decisions (referral_id, decided_at);

-- Sealed contacts of people, for the coach who said yes.
CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    sealed text,
    contact text NOT NULL,
    language text NOT NULL,
    zone text NOT NULL
);

CREATE TABLE contact_log (
    contact_id uuid PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES offers,
    logged_at timestamptz NOT NULL,
    channel text NOT NULL,
    outcome text NOT NULL
);
CREATE INDEX contact_log_by_offer ON contact_log (offer_id, logged_at);

-- migrate:down
DROP TABLE contact_log, people, decisions, offers, searches, exclusions, credentials, coaches;
DROP FUNCTION count_room();

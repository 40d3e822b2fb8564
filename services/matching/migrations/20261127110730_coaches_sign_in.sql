-- migrate:up

-- A link that was sent to a coach: it works once, in the browser that asked for it. It leads back
-- to the page of the offer on which it was asked for.
CREATE TABLE coach_links (
    link_id uuid PRIMARY KEY,
    coach_id uuid NOT NULL REFERENCES coaches,
    offer_id uuid NOT NULL REFERENCES offers,
    browser_hash bytea NOT NULL,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX coach_links_by_coach ON coach_links (coach_id, asked_at);

-- A device on which a coach has signed in.
CREATE TABLE coach_sessions (
    session_id uuid PRIMARY KEY,
    coach_id uuid NOT NULL REFERENCES coaches,
    device text NOT NULL,
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX coach_sessions_by_coach ON coach_sessions (coach_id, began_at);

-- migrate:down
DROP TABLE coach_sessions, coach_links;

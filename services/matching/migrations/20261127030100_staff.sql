-- migrate:up

-- Who works at the peer organisation. Name and e-mail address are sealed under a key of their own;
-- the keyed hash of the address finds who asks for a link.
CREATE TABLE staff (
    staff_id uuid PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed_contact bytea NOT NULL,
    email_hash bytea NOT NULL,
    roles text[] NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    access_version integer NOT NULL DEFAULT 1,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT staff_have_a_role_or_have_ended CHECK (ended_at IS NOT NULL OR cardinality(roles) > 0)
);
CREATE UNIQUE INDEX one_member_of_staff_per_address ON staff (email_hash) WHERE ended_at IS NULL;

-- Links to sign in: used once, and only by the browser that asked. A link that was made at the
-- command line has no browser; the button on its page confirms it.
CREATE TABLE sign_in_links (
    link_id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    browser_hash bytea,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_links_by_staff ON sign_in_links (staff_id, asked_at);

CREATE TABLE staff_sessions (
    session_id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    access_version integer NOT NULL,
    device text NOT NULL,
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id, began_at);

-- migrate:down
DROP TABLE staff_sessions, sign_in_links, staff;

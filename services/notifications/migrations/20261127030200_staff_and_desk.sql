-- migrate:up

-- A copy of who works at the peer organisation and what they may do; matching owns it.
CREATE TABLE staff_access (
    staff_id uuid PRIMARY KEY,
    roles text[] NOT NULL,
    access_version integer NOT NULL,
    ended boolean NOT NULL DEFAULT false
);
CREATE TABLE ended_staff_sessions (
    session_id uuid PRIMARY KEY,
    ended_at timestamptz NOT NULL
);

ALTER TABLE contacts DROP CONSTRAINT contacts_kind_check;
ALTER TABLE contacts ADD CONSTRAINT a_contact_is_of_a_known_kind
    CHECK (kind IN ('person', 'coach', 'clinic', 'staff')) NOT VALID;

-- What somebody wrote is read from here by whoever takes the task.
CREATE INDEX inbound_texts_by_writer ON inbound_texts (recipient_id, received_at);

-- migrate:down
DROP INDEX inbound_texts_by_writer;
ALTER TABLE contacts DROP CONSTRAINT a_contact_is_of_a_known_kind;
ALTER TABLE contacts ADD CHECK (kind IN ('person', 'coach', 'clinic')) NOT VALID;
DROP TABLE ended_staff_sessions, staff_access;

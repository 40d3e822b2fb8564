-- migrate:up

-- The last moment at which the service's clock and this database's agreed. A clock that is before
-- it or long after it is acted upon only when a person has confirmed it. Nobody saw one yet: the
-- newest audit row stands for it.
CREATE TABLE clock_seen (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_seen_at timestamptz NOT NULL
);
INSERT INTO clock_seen (last_seen_at)
SELECT at FROM audit ORDER BY audit_id DESC LIMIT 1;

-- migrate:down
DROP TABLE clock_seen;

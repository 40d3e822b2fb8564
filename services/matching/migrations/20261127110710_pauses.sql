-- migrate:up

-- Support is paused until this day, on which its coach says how it goes on.
ALTER TABLE offers ADD COLUMN paused_until timestamptz
    CONSTRAINT only_an_assignment_is_paused
    CHECK (paused_until IS NULL OR state IN ('accepted', 'handing_over', 'ended'));

-- migrate:down
ALTER TABLE offers DROP COLUMN paused_until;

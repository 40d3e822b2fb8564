-- migrate:up

-- Searches of one clinic and urgency begin at a pace; `free_at` is when its line is empty.
CREATE TABLE clinic_lines (
    clinic_id uuid NOT NULL,
    urgency text NOT NULL,
    free_at timestamptz NOT NULL,
    PRIMARY KEY (clinic_id, urgency)
);

-- migrate:down
DROP TABLE clinic_lines;

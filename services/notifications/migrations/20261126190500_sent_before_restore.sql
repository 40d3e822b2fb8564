-- migrate:up

-- Messages that were sent before the database was restored to an earlier moment, as their own
-- events tell: a step that is planned again takes its row away and is not sent again.
CREATE TABLE sent_before_restore (
    message_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    step text NOT NULL,
    recipient_id uuid NOT NULL,
    offer_id uuid,
    channel text NOT NULL,
    sent_at timestamptz NOT NULL
);
CREATE INDEX sent_before_restore_by_subject ON sent_before_restore (subject_id, step);

-- migrate:down
DROP TABLE sent_before_restore;

-- migrate:up

-- Channels by which this message finally did not arrive; the next one of its step is used.
ALTER TABLE messages ADD COLUMN given_up text[] NOT NULL DEFAULT '{}';

-- One index per question. What is claimed has a later moment than all that is due: in one index
-- the look for the next moment walked over every claim of the last burst.
CREATE INDEX messages_planned ON messages (next_at, message_id) WHERE state = 'planned';
CREATE INDEX messages_unresolved ON messages (next_at, message_id)
    WHERE state IN ('claimed', 'unknown');
DROP INDEX messages_due;

-- A look-up could not tell two equal texts apart. By recipient alone the question walked over
-- every message that a clinic was ever sent.
CREATE INDEX messages_unresolved_texts ON messages (recipient_id)
    WHERE state IN ('claimed', 'unknown') AND channel = 'sms';

-- migrate:down
DROP INDEX messages_unresolved_texts, messages_unresolved, messages_planned;
CREATE INDEX messages_due ON messages (next_at, message_id)
    WHERE state IN ('planned', 'claimed', 'unknown');
ALTER TABLE messages DROP COLUMN given_up;

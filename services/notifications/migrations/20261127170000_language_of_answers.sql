-- migrate:up

-- The language of the text that this answers, where that was clear: the answer is written in it,
-- whatever the record says. NULL: the recipient's own.
ALTER TABLE messages ADD COLUMN language text;
ALTER TABLE offers ADD COLUMN answer_language text;

-- migrate:down
ALTER TABLE offers DROP COLUMN answer_language;
ALTER TABLE messages DROP COLUMN language;

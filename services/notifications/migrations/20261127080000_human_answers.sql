-- migrate:up

-- What a human of the team wrote to somebody from the desk, sealed under the recipient's key. The
-- message that carries it has the answer's id as its occasion.
CREATE TABLE human_answers (
    answer_id uuid PRIMARY KEY,
    task_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    sealed text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL
);

-- migrate:down
DROP TABLE human_answers;

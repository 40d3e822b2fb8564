-- migrate:up

-- What waits for a human. A task is never deleted, and is never closed without saying why.
-- Its owner opens and closes it with the change that caused it; notifications keeps those of all
-- three services, as the board from which people are called.
CREATE TABLE tasks (
    task_id uuid PRIMARY KEY,
    owner text NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    taken_by text,
    taken_at timestamptz,
    closed_at timestamptz,
    closed_by text,
    outcome text,
    CONSTRAINT a_taken_task_says_by_whom CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CONSTRAINT a_closed_task_says_why_and_by_whom
        CHECK ((closed_at IS NULL) = (outcome IS NULL)
           AND (closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX one_open_task_per_kind_and_subject ON tasks (kind, subject_id)
    WHERE closed_at IS NULL;
CREATE INDEX open_tasks_by_due_time ON tasks (due_at, task_id) WHERE closed_at IS NULL;

-- migrate:down
DROP TABLE tasks;

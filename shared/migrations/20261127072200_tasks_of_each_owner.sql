-- migrate:up

-- The same event may be unreadable to several services: each asks for itself, and notifications
-- keeps all of it on the board.
CREATE UNIQUE INDEX one_open_task_per_owner_kind_and_subject ON tasks (owner, kind, subject_id)
    WHERE closed_at IS NULL;
DROP INDEX one_open_task_per_kind_and_subject;

-- migrate:down
CREATE UNIQUE INDEX one_open_task_per_kind_and_subject ON tasks (kind, subject_id)
    WHERE closed_at IS NULL;
DROP INDEX one_open_task_per_owner_kind_and_subject;

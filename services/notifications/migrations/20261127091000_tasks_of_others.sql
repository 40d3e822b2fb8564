-- migrate:up

-- Events of two tasks have no order between them: the next task of a kind may be told of before the
-- end of the one before it. Its owner sees to it that one is open at a time; the board takes all.
DROP INDEX one_open_task_per_owner_kind_and_subject;
CREATE UNIQUE INDEX one_own_open_task_per_kind_and_subject ON tasks (kind, subject_id)
    WHERE closed_at IS NULL AND owner = 'notifications';

-- migrate:down
DROP INDEX one_own_open_task_per_kind_and_subject;
CREATE UNIQUE INDEX one_open_task_per_owner_kind_and_subject ON tasks (owner, kind, subject_id)
    WHERE closed_at IS NULL;

-- migrate:up

-- The first timer of the daily test of the one on call: it asks nobody and sets the next.
INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
VALUES ('on_call_test_due', 'daily', '00000000-0000-0000-0000-000000000000', now(),
        '{"asks": false}', '00000000-0000-0000-0000-000000000000');

-- migrate:down
DELETE FROM timers WHERE kind = 'on_call_test_due';

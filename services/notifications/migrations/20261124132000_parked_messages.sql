-- migrate:up

-- What waits for a human is counted twice a minute, for as long as the table grows.
CREATE INDEX messages_parked ON messages (message_id) WHERE state = 'parked';

-- migrate:down
DROP INDEX messages_parked;

-- migrate:up

-- Each contact that comes asks what waited for it. Without an index for that question, it walked
-- over all that is planned.
CREATE INDEX messages_missing_facts ON messages (recipient_id)
    WHERE state = 'planned' AND wait_reason = 'facts-missing';

-- What was not sent yet has no id of the provider's, so its every move spares an entry.
DROP INDEX messages_by_provider_id;
CREATE INDEX messages_by_provider_id ON messages (provider_id) WHERE provider_id IS NOT NULL;

-- migrate:down
DROP INDEX messages_by_provider_id, messages_missing_facts;
CREATE INDEX messages_by_provider_id ON messages (provider_id);

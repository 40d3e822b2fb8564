-- migrate:up
GRANT SELECT ON epochs TO intake_web;

-- migrate:down
REVOKE SELECT ON epochs FROM intake_web;

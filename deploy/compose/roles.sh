#!/bin/sh
# Runs once, when the data folder of PostgreSQL is new: roles, databases, rights.
# The same as deploy/local/provision.py, with one password for every role of this stack.
set -eu
word=$(cat /run/secrets/database_password)

run() { psql -v ON_ERROR_STOP=1 -v word="$word" --username postgres "$@"; }

for service in intake matching notifications; do
    run --dbname postgres <<SQL
CREATE ROLE ${service}_owner LOGIN NOINHERIT PASSWORD :'word';
CREATE ROLE ${service} LOGIN NOINHERIT PASSWORD :'word';
CREATE DATABASE ${service} OWNER ${service}_owner;
REVOKE ALL ON DATABASE ${service} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${service} TO ${service}_owner, ${service};
SQL
    run --dbname "$service" <<SQL
GRANT USAGE ON SCHEMA public TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${service}_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${service}_owner GRANT USAGE ON SEQUENCES TO ${service};
SQL
done
run --dbname postgres <<SQL
CREATE ROLE intake_web NOLOGIN NOINHERIT;
GRANT intake_web TO intake;
CREATE ROLE vault_owner LOGIN NOINHERIT PASSWORD :'word';
CREATE DATABASE vault OWNER vault_owner;
REVOKE ALL ON DATABASE vault FROM PUBLIC;
GRANT CONNECT ON DATABASE vault TO vault_owner, intake, matching, notifications;
SQL

#!/bin/sh
# Makes the secret files that docker-compose.yml names, once; existing ones are kept.
set -eu
folder=$(dirname "$0")/secrets
mkdir -p "$folder" && chmod 700 "$folder"
for name in key_encryption intake_audit matching_audit notifications_audit intake_record \
            matching_record notifications_record intake_session matching_session link \
            opt_out_pepper database_password; do
    [ -s "$folder/$name" ] || (umask 077; head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > "$folder/$name")
done
[ -s "$folder/twilio_token" ] || echo "put the text provider's token into $folder/twilio_token"
for service in intake matching notifications vault; do
    word=$(cat "$folder/database_password")
    for role in "$service" "${service}_owner"; do
        (umask 077; printf 'postgresql://%s:%s@postgres:5432/%s' "$role" "$word" "$service" > "$folder/${role}_url")
    done
    [ "$service" = vault ] || (umask 077; printf 'postgresql://%s:%s@postgres:5432/vault' "$service" "$word" > "$folder/${service}_vault_url")
done

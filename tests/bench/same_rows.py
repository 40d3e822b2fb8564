"""The rows that one accepted submission leaves behind, in one statement with nothing decided."""

# Ten rows in seven tables, as `services/intake/on/referral_submitted.py` leaves them.
INSERT = """
    WITH ids AS (
        SELECT gen_random_uuid() AS referral, gen_random_uuid() AS person,
               (SELECT clinic_id FROM clinics LIMIT 1) AS clinic
    ), person AS (
        INSERT INTO people (person_id, clinic_id, key_id, identity_hash)
        SELECT person, clinic, person, decode(md5($1), 'hex') FROM ids
    ), referral AS (
        INSERT INTO referrals (referral_id, clinic_id, person_id, reference, business_key,
                               body_hash, sealed_body, media_type, progress, problems, warnings,
                               urgency, language, consent_id, first_status, first_answer,
                               next_action_at, received_at, changed_at)
        SELECT referral, clinic, person, referral::text, uuid_send(referral), uuid_send(person),
               convert_to($1, 'UTF8'), 'application/json', 'ready', '[]', '[]', 'routine', 'en',
               person, 201, left($1, 500), now(), now(), now() FROM ids
    ), told AS (
        INSERT INTO happenings (referral_id, clinic_id, at, code)
        SELECT referral, clinic, now(), code FROM ids, unnest(ARRAY['received', 'ready']) AS code
    ), timer AS (
        INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
        SELECT 'referral_deadline', referral::text, referral, now() + interval '1 day',
               referral::text, person FROM ids
    ), audited AS (
        INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
        SELECT now(), clinic::text, 'referral.received', 'referral', referral, '{}', person
          FROM ids
    ), counted AS (
        INSERT INTO sequences (topic, key, last_seq)
        SELECT topic, key, 1 FROM ids, LATERAL (VALUES ('floor.people', person),
                                                       ('floor.referrals', referral)) AS o
            (topic, key)
    )
    INSERT INTO outbox (shard, topic, key, seq, event_id, type, occurred_at, correlation_id,
                        payload)
    SELECT 1, topic, key, 1, key, topic, now(), person, left($1, 700)
      FROM ids, LATERAL (VALUES ('floor.people', person), ('floor.referrals', referral)) AS o
           (topic, key)
"""

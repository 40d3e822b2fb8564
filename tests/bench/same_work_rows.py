# ruff: noqa: S608 (what is put together here are constants)
"""The rows that the promised work leaves behind, one set-based statement per step.

Ids come as arrays with one element per referral; each statement is a transaction by itself.
"""

_EFFECTS = """
    ), told AS (
        INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
        SELECT now(), 'floor', 'floor.done', 'referral', referral, '{}', referral FROM new
    ), counted AS (
        INSERT INTO sequences (topic, key, last_seq)
        SELECT topic, key, count(*) FROM events GROUP BY topic, key ORDER BY topic, key
        ON CONFLICT (topic, key) DO UPDATE SET last_seq = sequences.last_seq + EXCLUDED.last_seq
        RETURNING topic, key, last_seq
    )
    INSERT INTO outbox (shard, topic, key, seq, event_id, type, occurred_at, correlation_id,
                        payload)
    SELECT 1, topic, key, last_seq, gen_random_uuid(), topic, now(), key, payload
      FROM events JOIN counted USING (topic, key)
"""

_ARRIVED = """
    WITH new AS (
        SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::text[]) AS n (referral, other, body)
    ), seen AS (
        INSERT INTO inbox (topic, key, last_seq, epoch, event_ids)
        SELECT $1, referral, 1, 1, ARRAY[gen_random_uuid()] FROM new
        ON CONFLICT (topic, key) DO UPDATE SET last_seq = inbox.last_seq + 1
    ), moved AS (
        INSERT INTO consumed_positions (topic, partition, first_offset, next_offset)
        SELECT $1, part, 0, next FROM unnest($2::int[], $3::bigint[]) AS p (part, next)
        ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
"""

# intake: what `services/intake/on/referral_submitted.py` leaves, with both events.
SUBMITTED = (
    """
    WITH new AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $6::text[])
            AS n (referral, person, body, event)
    ), clinic AS (
        SELECT clinic_id FROM clinics LIMIT 1
    ), people_added AS (
        INSERT INTO people (person_id, clinic_id, key_id, identity_hash)
        SELECT person, clinic_id, person, uuid_send(person) FROM new, clinic
    ), stored AS (
        INSERT INTO referrals (referral_id, clinic_id, person_id, reference, business_key,
                               body_hash, sealed_body, media_type, progress, problems, warnings,
                               urgency, language, consent_id, first_status, first_answer,
                               next_action_at, received_at, changed_at)
        SELECT referral, clinic_id, person, referral::text, uuid_send(referral),
               uuid_send(person), convert_to(body, 'UTF8'), 'application/json', 'ready', '[]', '[]',
               'routine', 'en', person, 201, left(body, 500), now(), now(), now() FROM new, clinic
    ), noted AS (
        INSERT INTO happenings (referral_id, clinic_id, at, code)
        SELECT referral, clinic_id, now(), code
          FROM new, clinic, unnest(ARRAY['received', 'ready']) AS code
    ), timed AS (
        INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
        SELECT 'referral_deadline', referral::text, referral, now() + interval '1 day',
               referral::text, person FROM new
    ), events AS (
        SELECT topic, key, event AS payload, referral
          FROM new, LATERAL (VALUES ($4::text, person), ($5::text, referral)) AS o (topic, key)
    """
    + _EFFECTS
)

# intake hears that a coach was asked.
FOLDED = (
    _ARRIVED
    + """
    ), folded AS (
        UPDATE referrals SET progress = 'offered', version = version + 1, next_action_at = now(),
               changed_at = now()
          FROM new WHERE referral_id = referral
        RETURNING referral_id, clinic_id
    ), noted AS (
        INSERT INTO happenings (referral_id, clinic_id, at, code)
        SELECT referral_id, clinic_id, now(), 'coach_asked' FROM folded
    ), timed AS (
        INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
        SELECT 'referral_deadline', referral::text, referral, now() + interval '1 day',
               referral::text, referral FROM new
        ON CONFLICT (kind, key) DO UPDATE SET due_at = EXCLUDED.due_at
    )
    INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
    SELECT now(), 'floor', 'floor.done', 'referral', referral, '{}', referral FROM new
"""
)

# matching: the person's contact, then the search, the offer and its explanation.
KEPT_FOR_COACH = (
    _ARRIVED
    + """
    )
    INSERT INTO people (person_id, sealed, contact, language, zone)
    SELECT referral, body, '{}', 'en', 'America/Chicago' FROM new
"""
)

ASKED = (
    _ARRIVED
    + """
    ), searched AS (
        INSERT INTO searches (referral_id, person_id, episode, need, since, virtual_arrival, state,
                              next_action_at, changed_at)
        SELECT referral, referral, 1, body, now(), now(), 'offered', now(), now() FROM new
    ), offered AS (
        INSERT INTO offers (offer_id, referral_id, episode, coach_id, state, code_hash, made_at,
                            answer_by)
        SELECT referral, referral, 1, other, 'open', uuid_send(referral), now(), now() FROM new
    ), decided AS (
        INSERT INTO decisions (decision_id, referral_id, offer_id, decided_at, explanation)
        SELECT referral, referral, referral, now(), $7 FROM new
    ), timed AS (
        INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
        SELECT 'offer_deadline', referral::text, referral, now() + interval '1 day',
               referral::text, referral FROM new
    ), events AS (
        SELECT $8::text AS topic, referral AS key, referral,
               json_build_object('phone', body::json ->> 'phone', 'rest', repeat('x', 200))::text
                   AS payload FROM new
"""
    + _EFFECTS
)

# notifications: contacts, referrals and offers with their messages; those due at once are claimed.
KEPT_FOR_SENDING = (
    _ARRIVED
    + """
    )
    INSERT INTO contacts (kind, recipient_id, sealed, phone_hash, language, zone)
    SELECT 'person', referral, body, uuid_send(referral), 'en', 'America/Chicago' FROM new
"""
)

_PLAN = """
        INSERT INTO messages (message_id, subject_id, referral_id, occasion_id, episode,
                              plan_version, step, recipient_kind, recipient_id, offer_id, state,
                              due_at, next_at, planned_at, correlation_id, channel, claim_epoch,
                              claimed_at, body_hash)
        SELECT gen_random_uuid(), referral, referral, referral, 1, 1, step, kind, other, referral,
               CASE WHEN due THEN 'claimed' ELSE 'planned' END, now(),
               now() + interval '1 day', now(), referral, CASE WHEN due THEN channel END, 1,
               CASE WHEN due THEN now() END, uuid_send(referral)
          FROM new, (VALUES {steps}) AS s (step, kind, channel, due)
        RETURNING message_id, subject_id, channel, state = 'claimed' AS due
"""

PLANNED_FOR_REFERRAL = (
    _ARRIVED
    + """
    ), known AS (
        INSERT INTO referrals (referral_id, clinic_id, person_id, reference)
        SELECT referral, other, other, 'K7QM-3XPA' FROM new
    )
    """
    + _PLAN.format(
        steps="('clinic_accepted', 'clinic', 'email', true), "
        "('number_check', 'person', 'sms', true), ('number_check_again', 'person', 'sms', false)"
    )
)

PLANNED_FOR_OFFER = (
    _ARRIVED
    + """
    ), known AS (
        INSERT INTO offers (offer_id, referral_id, coach_id, code, answer_by)
        SELECT referral, referral, other, '17', now() FROM new
    )
    """
    + _PLAN.format(
        steps="('offer_made', 'coach', 'sms', true), ('offer_reminder', 'coach', 'sms', false)"
    )
)

RECORDED = (
    """
    WITH done AS (
        SELECT * FROM unnest($1::uuid[], $2::text[]) AS d (message, provider)
    ), new AS (
        UPDATE messages SET state = 'sent', sent_at = now(), provider_id = provider,
               next_at = now() + interval '3 days'
          FROM done WHERE message_id = message AND state = 'claimed'
        RETURNING subject_id AS referral, message
    ), events AS (
        SELECT $3::text AS topic, referral AS key, $4::text AS payload, referral FROM new
    """
    + _EFFECTS
)

LINKED = """
    WITH new AS (
        SELECT audit_id, row_number() OVER (ORDER BY audit_id) AS place FROM audit
         WHERE audit_id > (SELECT coalesce(max(audit_id), 0) FROM audit_links)
    ), head AS (
        SELECT coalesce(max(link_no), 0) AS last FROM audit_links
    )
    INSERT INTO audit_links (link_no, audit_id, hash)
    SELECT last + place, audit_id, uuid_send(gen_random_uuid()) FROM new, head
"""

NEXT = """
    WITH gone AS (
        DELETE FROM outbox WHERE outbox_id = ANY($1::bigint[])
    ), published AS (
        INSERT INTO published_positions (topic, partition, next_offset)
        SELECT * FROM unnest($2::text[], $3::int[], $4::bigint[]) AS p (topic, part, next)
        ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
    )
    SELECT outbox_id, topic, key, payload FROM outbox
     WHERE shard = 1 AND outbox_id NOT IN (SELECT unnest($1::bigint[]))
     ORDER BY outbox_id LIMIT 500
"""

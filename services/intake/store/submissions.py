"""Submissions: what a clinic sent first, what it sent since, and what it was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.intake.rules.quota import Quota, QuotaReachedError, Windows, exceeded
from services.intake.rules.states import Standing
from services.intake.store.people import NewPerson
from services.intake.store.referrals import overlay_codes
from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Content:
    """What a clinic said, and what screening made of it. The body is sealed under the person's key.

    The same for a first submission and for an amendment.
    """

    body_hash: bytes
    sealed_body: bytes
    sealed_person: bytes
    media_type: str
    refusal: str | None
    problems: str
    warnings: str
    urgency: str
    language: str
    consent_signed_on: date | None


@dataclass(frozen=True, slots=True)
class NewReferral:
    """A referral that is stored for the first time."""

    referral_id: UUID
    clinic_id: UUID
    person_id: UUID
    reference: str
    business_key: bytes
    consent_id: UUID
    content: Content
    standing: Standing
    accepted_at: datetime | None
    next_action_at: datetime | None
    closed_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the clinic was told first: the same is told again for the same submission."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class FirstRow:
    """A submission as it is stored first: its person too, if nobody referred them before."""

    new: NewReferral
    first: FirstAnswer
    person: NewPerson | None
    revoked_on: date | None = None
    """When the same person took a consent back, under whatever number."""


_STORE = """
    WITH new AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[],
                             $6::bytea[], $7::bytea[], $8::text[], $9::text[], $10::text[],
                             $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                             $16::uuid[], $17::timestamptz[], $18::timestamptz[],
                             $19::timestamptz[], $20::timestamptz[], $21::text[], $22::int[],
                             $23::text[], $24::uuid[], $25::bytea[], $26::bytea[], $27::boolean[],
                             $28::bytea[], $29::bytea[], $30::date[], $31::date[],
                             $32::bytea[])
            WITH ORDINALITY
            AS n (referral_id, clinic_id, person_id, reference, business_key, body_hash,
                  sealed_body, media_type, progress, overlays, refusal, problems, warnings,
                  urgency, language, consent_id, accepted_at, next_action_at, closed_at, at,
                  state, first_status, first_answer, key_id, record_hash, identity_hash,
                  needs_review, phone_hash, contact_hash, consent_revoked_on, consent_signed_on,
                  sealed_person, place)
    ), stored AS (
        INSERT INTO referrals (referral_id, clinic_id, person_id, reference, business_key,
                               body_hash, sealed_body, media_type, progress, overlays, refusal,
                               problems, warnings, urgency, language, consent_id, accepted_at,
                               next_action_at, closed_at, received_at, changed_at, first_status,
                               first_answer, consent_signed_on, sealed_person)
        SELECT referral_id, clinic_id, person_id, reference, business_key, body_hash, sealed_body,
               media_type, progress, string_to_array(overlays, ','), refusal, problems, warnings,
               urgency, language, consent_id, accepted_at, next_action_at, closed_at, at, at,
               first_status, first_answer, consent_signed_on, sealed_person
          FROM new ORDER BY business_key, place
        ON CONFLICT ON CONSTRAINT a_clinic_uses_a_business_key_once DO NOTHING
        RETURNING referral_id
    ), added AS (
        INSERT INTO people (person_id, clinic_id, key_id, record_hash, identity_hash,
                            needs_review, phone_hash, contact_hash, consent_revoked_on)
        SELECT person_id, clinic_id, key_id, record_hash, identity_hash, needs_review,
               phone_hash, contact_hash, consent_revoked_on
          FROM new JOIN stored USING (referral_id) WHERE key_id IS NOT NULL
    ), noted AS (
        INSERT INTO happenings (referral_id, clinic_id, at, code)
        SELECT referral_id, clinic_id, at, code
          FROM new JOIN stored USING (referral_id),
               unnest(ARRAY['received', state]) WITH ORDINALITY AS codes (code, turn)
         ORDER BY place, turn
    ), counted AS (
        INSERT INTO referrals_counted AS c (clinic_id, hour, in_hour, day, in_day)
        SELECT clinic_id, $33::timestamptz, count(*), $34::timestamptz, count(*)
          FROM new JOIN stored USING (referral_id) GROUP BY clinic_id
        ON CONFLICT (clinic_id) DO UPDATE
           SET hour = greatest(c.hour, excluded.hour), day = greatest(c.day, excluded.day),
               in_hour = CASE WHEN c.hour < excluded.hour THEN 0 ELSE c.in_hour END
                         + excluded.in_hour,
               in_day = CASE WHEN c.day < excluded.day THEN 0 ELSE c.in_day END + excluded.in_day
        RETURNING in_hour, in_day
    )
    SELECT referral_id, in_hour, in_day FROM stored CROSS JOIN counted
"""


async def store(
    connection: Connection, rows: Sequence[FirstRow], quota: Quota, windows: Windows
) -> frozenset[UUID]:
    """Store one clinic's submissions with the beginning of their timelines. Returns which are.

    One statement, because this is the hottest path, in the order of the keys, so that two batches
    never wait for each other. A submission is left out, and nothing of it
    stored, when the clinic used its business key before. Raises QuotaReachedError, and then the
    transaction has to be rolled back.
    """
    columns = zip(*(_columns(row) for row in rows), strict=True)
    arrays = [list(column) for column in columns]
    stored = await connection.fetch(_STORE, *arrays, windows.hour, windows.day)
    if stored:
        counts = {"in_hour": stored[0]["in_hour"], "in_day": stored[0]["in_day"]}
        reached = exceeded(quota, **counts, windows=windows)
        if reached is not None:
            raise QuotaReachedError(reached)
    return frozenset(row["referral_id"] for row in stored)


def _columns(row: FirstRow) -> tuple[object, ...]:
    new, content, person = row.new, row.new.content, row.person
    return (
        new.referral_id,
        new.clinic_id,
        new.person_id,
        new.reference,
        new.business_key,
        content.body_hash,
        content.sealed_body,
        content.media_type,
        new.standing.progress.value,
        ",".join(overlay_codes(new.standing)),
        content.refusal,
        content.problems,
        content.warnings,
        content.urgency,
        content.language,
        new.consent_id,
        new.accepted_at,
        new.next_action_at,
        new.closed_at,
        new.at,
        new.standing.state.value,
        row.first.status,
        row.first.body,
        person.key_id if person else None,
        person.hashes.record if person else None,
        person.identity_hash if person else None,
        person.needs_review if person else None,
        person.hashes.phone if person else None,
        person.hashes.contact if person else None,
        row.revoked_on,
        content.consent_signed_on,
        content.sealed_person,
    )


_BY_KEY = """
    SELECT referral_id, body_hash, first_status, first_answer
      FROM referrals WHERE clinic_id = $1 AND business_key = $2
"""


async def by_business_key(
    connection: Connection, clinic_id: UUID, business_key: bytes
) -> Row | None:
    """The referral that this clinic sent under this key."""
    return await connection.fetchrow(_BY_KEY, clinic_id, business_key)


_AMEND = """
    UPDATE referrals
       SET body_hash = $2, sealed_body = $3, media_type = $4, refusal = $5, problems = $6,
           warnings = $7, urgency = $8, language = $9, accepted_at = coalesce(accepted_at, $10),
           consent_signed_on = $11, sealed_person = $12
     WHERE referral_id = $1
"""


async def amend(
    connection: Connection, referral_id: UUID, content: Content, *, accepted_at: datetime | None
) -> None:
    """Replace what the clinic said; the standing is written by `move`."""
    await connection.execute(
        _AMEND,
        referral_id,
        content.body_hash,
        content.sealed_body,
        content.media_type,
        content.refusal,
        content.problems,
        content.warnings,
        content.urgency,
        content.language,
        accepted_at,
        content.consent_signed_on,
        content.sealed_person,
    )


_JUDGED = "UPDATE referrals SET problems = $2 WHERE referral_id = $1"


async def judged_again(connection: Connection, referral_id: UUID, problems: str) -> None:
    """What is wrong with the same content by now."""
    await connection.execute(_JUDGED, referral_id, problems)


_BODY = """
    SELECT sealed_body, media_type, business_key, person_id FROM referrals WHERE referral_id = $1
"""


async def body(connection: Connection, referral_id: UUID) -> Row | None:
    """What the clinic last sent, sealed."""
    return await connection.fetchrow(_BODY, referral_id)

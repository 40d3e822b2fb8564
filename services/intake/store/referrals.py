"""Referrals and their timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.rules.states import OVERLAYS, Standing, State
from services.intake.store.people import NewPerson
from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Referral:
    """One row, locked by whoever loaded it for a change."""

    referral_id: UUID
    clinic_id: UUID
    person_id: UUID
    reference: str
    episode: int
    version: int
    standing: Standing
    consent_id: UUID
    accepted_at: datetime | None
    coach_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What is stored of a submission. `body` is sealed under the person's key."""

    referral_id: UUID
    clinic_id: UUID
    person_id: UUID
    reference: str
    business_key: bytes
    body_hash: bytes
    sealed_body: bytes
    media_type: str
    standing: Standing
    refusal: str | None
    problems: str
    warnings: str
    urgency: str
    language: str
    consent_id: UUID
    accepted_at: datetime | None
    next_action_at: datetime | None
    closed_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the clinic was told first: the same is told again for the same submission."""

    status: int
    body: str


_STORE = """
    WITH stored AS (
        INSERT INTO referrals (referral_id, clinic_id, person_id, reference, business_key,
                               body_hash, sealed_body, media_type, progress, overlays, refusal,
                               problems, warnings, urgency, language, consent_id, accepted_at,
                               next_action_at, closed_at, received_at, changed_at, first_status,
                               first_answer)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                $19, $20, $20, $22, $23)
        ON CONFLICT ON CONSTRAINT a_clinic_uses_a_business_key_once DO NOTHING
        RETURNING referral_id, clinic_id
    ), added AS (
        INSERT INTO people (person_id, clinic_id, key_id, record_hash, identity_hash, needs_review)
        SELECT $3, $2, $24, $25, $26, $27 FROM stored WHERE $24::uuid IS NOT NULL
    )
    INSERT INTO happenings (referral_id, clinic_id, at, code)
    SELECT referral_id, clinic_id, $20, code FROM stored, unnest($21::text[]) AS code
    RETURNING true
"""


async def store(
    connection: Connection,
    new: NewReferral,
    happened: Sequence[str],
    first: FirstAnswer,
    person: NewPerson | None,
) -> bool:
    """Store a submission with its timeline, and its person if nobody referred them before.

    One statement, because this is the hottest path. False, with nothing stored, when the clinic
    used this business key before.
    """
    stored = await connection.fetchval(
        _STORE,
        *_columns(new),
        list(happened),
        first.status,
        first.body,
        person.key_id if person else None,
        person.record_hash if person else None,
        person.identity_hash if person else None,
        person.needs_review if person else None,
    )
    return stored is not None


def _columns(new: NewReferral) -> tuple[object, ...]:
    return (
        new.referral_id,
        new.clinic_id,
        new.person_id,
        new.reference,
        new.business_key,
        new.body_hash,
        new.sealed_body,
        new.media_type,
        new.standing.progress.value,
        [overlay.value for overlay in OVERLAYS if overlay in new.standing.overlays],
        new.refusal,
        new.problems,
        new.warnings,
        new.urgency,
        new.language,
        new.consent_id,
        new.accepted_at,
        new.next_action_at,
        new.closed_at,
        new.at,
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


async def locked(connection: Connection, referral_id: UUID) -> Referral | None:
    """The referral, locked until the transaction ends; nothing when this role may not see it."""
    return (await locked_all(connection, [referral_id])).get(referral_id)


_LOCKED_ALL = """
    SELECT referral_id, clinic_id, person_id, reference, episode, version, progress, overlays,
           consent_id, accepted_at, coach_id
      FROM referrals WHERE referral_id = ANY($1::uuid[]) ORDER BY referral_id FOR UPDATE
"""


async def locked_all(connection: Connection, referral_ids: Sequence[UUID]) -> dict[UUID, Referral]:
    """Those of these referrals that are known, locked until the transaction ends."""
    rows = await connection.fetch(_LOCKED_ALL, list(referral_ids))
    return {row["referral_id"]: _referral(row) for row in rows}


def _referral(row: Row) -> Referral:
    return Referral(
        referral_id=row["referral_id"],
        clinic_id=row["clinic_id"],
        person_id=row["person_id"],
        reference=row["reference"],
        episode=row["episode"],
        version=row["version"],
        standing=standing_of(row),
        consent_id=row["consent_id"],
        accepted_at=row["accepted_at"],
        coach_id=row["coach_id"],
    )


def standing_of(row: Row) -> Standing:
    """The standing as the columns hold it."""
    return Standing(State(row["progress"]), frozenset(State(one) for one in row["overlays"]))


_MOVE = """
    WITH moved AS (
        UPDATE referrals
           SET progress = $2, overlays = $3, version = version + 1, next_action_at = $4,
               closed_at = CASE WHEN $5 THEN coalesce(closed_at, $6) END, changed_at = $6,
               coach_id = coalesce($7, coach_id),
               first_contact_by = coalesce($8, first_contact_by),
               consent_revoked_at = CASE WHEN $2 = 'consent_revoked'
                                         THEN coalesce(consent_revoked_at, $6)
                                         ELSE consent_revoked_at END
         WHERE referral_id = $1
        RETURNING referral_id, clinic_id
    )
    INSERT INTO happenings (referral_id, clinic_id, at, code)
    SELECT referral_id, clinic_id, $6, $9 FROM moved
"""


async def move(
    connection: Connection,
    referral_id: UUID,
    standing: Standing,
    *,
    happened: str,
    at: datetime,
    next_action_at: datetime | None,
    coach_id: UUID | None = None,
    first_contact_by: datetime | None = None,
) -> None:
    """Write the new standing of a locked referral and a line of its timeline."""
    await connection.execute(
        _MOVE,
        referral_id,
        standing.progress.value,
        [overlay.value for overlay in OVERLAYS if overlay in standing.overlays],
        next_action_at,
        standing.is_final,
        at,
        coach_id,
        first_contact_by,
        happened,
    )


_AMEND = """
    UPDATE referrals
       SET body_hash = $2, sealed_body = $3, media_type = $4, refusal = $5, problems = $6,
           warnings = $7, urgency = $8, language = $9, accepted_at = coalesce(accepted_at, $10),
           person_id = $11
     WHERE referral_id = $1
"""


async def amend(connection: Connection, new: NewReferral) -> None:
    """Replace what the clinic said; the standing is written by `move`."""
    await connection.execute(
        _AMEND,
        new.referral_id,
        new.body_hash,
        new.sealed_body,
        new.media_type,
        new.refusal,
        new.problems,
        new.warnings,
        new.urgency,
        new.language,
        new.accepted_at,
        new.person_id,
    )


_NOTE = """
    INSERT INTO happenings (referral_id, clinic_id, at, code)
    SELECT referral_id, clinic_id, $2, $3 FROM referrals WHERE referral_id = $1
"""
_TEXTS = """
    UPDATE referrals SET texts_stopped_at = $2 WHERE referral_id = $1
"""


async def note(connection: Connection, referral_id: UUID, code: str, *, at: datetime) -> None:
    """A line of the timeline without a change of standing."""
    await connection.execute(_NOTE, referral_id, at, code)


async def stop_texts(connection: Connection, referral_id: UUID, *, at: datetime | None) -> None:
    """The person wants no texts (or, with no time, wants them again)."""
    await connection.execute(_TEXTS, referral_id, at)


_ACCEPTED = "UPDATE referrals SET accepted_at = $2 WHERE referral_id = $1"
_LOOK_AGAIN = "UPDATE referrals SET next_action_at = $2 WHERE referral_id = $1"
_BODY = """
    SELECT sealed_body, media_type, business_key, person_id FROM referrals WHERE referral_id = $1
"""


async def was_accepted(connection: Connection, referral_id: UUID, *, at: datetime) -> None:
    """Others know of the referral from now on."""
    await connection.execute(_ACCEPTED, referral_id, at)


async def look_again(connection: Connection, referral_id: UUID, *, at: datetime) -> None:
    """When somebody has to look at it next."""
    await connection.execute(_LOOK_AGAIN, referral_id, at)


async def body(connection: Connection, referral_id: UUID) -> Row | None:
    """What the clinic last sent, sealed."""
    return await connection.fetchrow(_BODY, referral_id)

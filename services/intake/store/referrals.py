"""Referrals: where each stands, and what its clinic sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.intake.rules.states import OVERLAYS, Standing, State
from services.intake.store.happenings import Happening
from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Referral:
    """One row, locked when it was loaded for a change."""

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
    next_action_at: datetime | None


async def locked(connection: Connection, referral_id: UUID) -> Referral | None:
    """The referral, locked until the transaction ends; None when this role may not see it."""
    return (await locked_all(connection, [referral_id])).get(referral_id)


_LOCKED_ALL = """
    SELECT referral_id, clinic_id, person_id, reference, episode, version, progress, overlays,
           consent_id, accepted_at, coach_id, next_action_at
      FROM referrals WHERE referral_id = ANY($1::uuid[]) ORDER BY referral_id FOR UPDATE
"""
_LOCKED_UNDER_CONSENT = """
    SELECT referral_id, clinic_id, person_id, reference, episode, version, progress, overlays,
           consent_id, accepted_at, coach_id, next_action_at
      FROM referrals
     WHERE person_id = ANY($1::uuid[]) AND closed_at IS NULL
       AND coalesce(consent_signed_on, '-infinity') <= $2
     ORDER BY referral_id FOR UPDATE
"""
_LOCKED_OF_PEOPLE = """
    SELECT referral_id, clinic_id, person_id, reference, episode, version, progress, overlays,
           consent_id, accepted_at, coach_id, next_action_at
      FROM referrals WHERE person_id = ANY($1::uuid[]) AND closed_at IS NULL
     ORDER BY referral_id FOR UPDATE
"""


async def locked_all(connection: Connection, referral_ids: Sequence[UUID]) -> dict[UUID, Referral]:
    """Those of these referrals that are known, locked until the transaction ends."""
    rows = await connection.fetch(_LOCKED_ALL, list(referral_ids))
    return {row["referral_id"]: _referral(row) for row in rows}


async def locked_of_people(connection: Connection, person_ids: Sequence[UUID]) -> list[Referral]:
    """Everything of these people that is not over, locked until the transaction ends."""
    rows = await connection.fetch(_LOCKED_OF_PEOPLE, list(person_ids))
    return [_referral(row) for row in rows]


async def locked_under_consent(
    connection: Connection, person_ids: Sequence[UUID], *, until: date
) -> list[Referral]:
    """What of that is not under a consent that was signed after this day."""
    rows = await connection.fetch(_LOCKED_UNDER_CONSENT, list(person_ids), until)
    return [_referral(row) for row in rows]


_PUBLISHED = """
    SELECT DISTINCT person_id FROM referrals
     WHERE person_id = ANY($1::uuid[]) AND accepted_at IS NOT NULL ORDER BY person_id
"""


async def published(connection: Connection, person_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these people whom the other services know."""
    rows = await connection.fetch(_PUBLISHED, list(person_ids))
    return [row["person_id"] for row in rows]


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
        next_action_at=row["next_action_at"],
    )


def overlay_codes(standing: Standing) -> list[str]:
    """The overlays as the column holds them."""
    return [overlay.value for overlay in OVERLAYS if overlay in standing.overlays]


def standing_of(row: Row) -> Standing:
    """The standing as the columns hold it."""
    return Standing(State(row["progress"]), frozenset(State(one) for one in row["overlays"]))


# "Since" stays while the same hold lies over what moves: the strongest stands first.
_MOVE = """
    WITH moved AS (
        UPDATE referrals
           SET progress = $2, overlays = $3, version = version + 1, next_action_at = $4,
               closed_at = CASE WHEN $5 THEN coalesce(closed_at, $6) END,
               changed_at = CASE WHEN overlays[1] = ($3::text[])[1] THEN changed_at ELSE $6 END,
               coach_id = CASE WHEN $2 <> 'rematching' THEN coalesce($7, coach_id) END,
               first_contact_by = CASE WHEN $2 <> 'rematching'
                                       THEN coalesce($8, first_contact_by) END,
               consent_revoked_at = CASE WHEN $2 = 'consent_revoked'
                                         THEN coalesce(consent_revoked_at, $6)
                                         ELSE consent_revoked_at END
         WHERE referral_id = $1
        RETURNING referral_id, clinic_id
    )
    INSERT INTO happenings (referral_id, clinic_id, at, code, by_name)
    SELECT referral_id, clinic_id, $6, $9, $10 FROM moved
"""


async def move(
    connection: Connection,
    referral_id: UUID,
    standing: Standing,
    *,
    happened: Happening,
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
        overlay_codes(standing),
        next_action_at,
        standing.is_final,
        at,
        coach_id,
        first_contact_by,
        happened.code,
        happened.by_name,
    )


_TEXTS = "UPDATE referrals SET texts_stopped_at = $2 WHERE referral_id = $1"


async def stop_texts(connection: Connection, referral_id: UUID, *, at: datetime | None) -> None:
    """The person wants no texts (or, with no time, wants them again)."""
    await connection.execute(_TEXTS, referral_id, at)


_ACCEPTED = "UPDATE referrals SET accepted_at = $2 WHERE referral_id = $1"
_LOOK_AGAIN = "UPDATE referrals SET next_action_at = $2 WHERE referral_id = $1"


async def was_accepted(connection: Connection, referral_id: UUID, *, at: datetime) -> None:
    """Others know of the referral from now on."""
    await connection.execute(_ACCEPTED, referral_id, at)


async def look_again(connection: Connection, referral_id: UUID, *, at: datetime) -> None:
    """When somebody has to look at it next."""
    await connection.execute(_LOOK_AGAIN, referral_id, at)

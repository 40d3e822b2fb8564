"""The roster: coaches, their credentials and whom they are kept apart from."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.matching.rules.coach import Coach, Credential
from services.matching.rules.hours import BusinessHours
from shared.db import Connection, Row
from shared.events import FitFactors, HourRange

_COACHES = """
    SELECT c.coach_id, c.organisation, c.zone, c.business_hours, c.counties, c.remote,
           c.languages, c.active, c.supervised, c.paused_until, c.max_active, c.taken,
           c.kinds_of_support, c.fit, c.attributes, c.last_offered_at,
           (SELECT count(*) FROM offers o WHERE o.coach_id = c.coach_id AND o.state = 'open')
               AS open_offers,
           (SELECT coalesce(json_agg(json_build_array(k.scheme, k.jurisdiction, k.valid_from,
                                                      k.valid_to)), '[]')
              FROM credentials k WHERE k.coach_id = c.coach_id) AS credentials,
           EXISTS (SELECT FROM exclusions x
                    WHERE x.coach_id = c.coach_id AND x.person_id = $1) AS excluded
      FROM coaches c
     WHERE $2::uuid IS NULL OR c.coach_id = $2
"""


async def roster(connection: Connection, *, person_id: UUID) -> list[Coach]:
    """Every coach as matching sees them for this person. Not locked.

    The rows may be stale a moment later: `offers.open_one` lets the database refuse a place that
    is gone, and the referral is then matched again.
    """
    rows = await connection.fetch(_COACHES, person_id, None)
    return [_coach(row, person_id) for row in rows]


_LOCK = "SELECT 1 FROM coaches WHERE coach_id = $1 FOR UPDATE"


async def locked(connection: Connection, coach_id: UUID, *, person_id: UUID) -> Coach | None:
    """One coach, locked until the transaction ends.

    Two statements on purpose: the counts must come from a snapshot taken after the lock is held.
    """
    await connection.execute(_LOCK, coach_id)
    row = await connection.fetchrow(_COACHES, person_id, coach_id)
    return _coach(row, person_id) if row is not None else None


def _coach(row: Row, person_id: UUID) -> Coach:
    hours = [HourRange(**one) for one in json.loads(row["business_hours"])]
    return Coach(
        coach_id=row["coach_id"],
        organisation=row["organisation"],
        counties=frozenset(row["counties"]),
        remote=row["remote"],
        languages=frozenset(row["languages"]),
        credentials=tuple(
            Credential(
                scheme, where, datetime.fromisoformat(since).date(),
                datetime.fromisoformat(until).date(),
            )
            for scheme, where, since, until in json.loads(row["credentials"])
        ),
        active=row["active"],
        supervised=row["supervised"],
        paused_until=row["paused_until"],
        max_active=row["max_active"],
        active_count=row["taken"] - row["open_offers"],
        open_offers=row["open_offers"],
        hours=BusinessHours(tuple(hours), row["zone"]),
        kinds_of_support=frozenset(row["kinds_of_support"]),
        fit=FitFactors.model_validate_json(row["fit"]),
        attributes=frozenset(row["attributes"]),
        excluded_people=frozenset({person_id} if row["excluded"] else ()),
        last_offered_at=row["last_offered_at"],
    )  # fmt: skip


_WAS_OFFERED = "UPDATE coaches SET last_offered_at = $2 WHERE coach_id = $1"


async def was_offered(connection: Connection, coach_id: UUID, *, at: datetime) -> None:
    """Note when the coach was last asked, for the fairness of the next choice."""
    await connection.execute(_WAS_OFFERED, coach_id, at)


_PAUSE = "UPDATE coaches SET paused_until = $2 WHERE coach_id = $1"


async def pause(connection: Connection, coach_id: UUID, *, until: datetime | None) -> None:
    """No new offers until then; nothing ends the pause."""
    await connection.execute(_PAUSE, coach_id, until)


_CONTACT = "SELECT key_id, sealed_contact, zone, language FROM coaches WHERE coach_id = $1"


async def contact(connection: Connection, coach_id: UUID) -> Row | None:
    """The coach's sealed contact with the key that opens it."""
    return await connection.fetchrow(_CONTACT, coach_id)


_UPSERT = """
    INSERT INTO coaches (coach_id, organisation, key_id, sealed_contact, language, zone,
                         business_hours, counties, remote, languages, active, supervised,
                         max_active, kinds_of_support, fit, attributes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12, $13, $14, $15)
    ON CONFLICT (coach_id) DO UPDATE
       SET organisation = EXCLUDED.organisation, key_id = EXCLUDED.key_id,
           sealed_contact = EXCLUDED.sealed_contact, language = EXCLUDED.language,
           zone = EXCLUDED.zone, business_hours = EXCLUDED.business_hours,
           counties = EXCLUDED.counties, remote = EXCLUDED.remote,
           languages = EXCLUDED.languages, supervised = EXCLUDED.supervised,
           max_active = EXCLUDED.max_active, kinds_of_support = EXCLUDED.kinds_of_support,
           fit = EXCLUDED.fit, attributes = EXCLUDED.attributes
"""
_CREDENTIALS = """
    INSERT INTO credentials (coach_id, scheme, jurisdiction, valid_from, valid_to)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::date[], $5::date[])
    ON CONFLICT (coach_id, scheme, jurisdiction) DO UPDATE
       SET valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to
"""


async def upsert(connection: Connection, row: Sequence[object]) -> None:
    """Add or replace a coach; the columns in the order of the statement above."""
    await connection.execute(_UPSERT, *row)


async def set_credentials(
    connection: Connection, coach_id: UUID, held: Sequence[Credential]
) -> None:
    """Add or renew credentials."""
    await connection.execute(
        _CREDENTIALS,
        coach_id,
        [one.scheme for one in held],
        [one.jurisdiction for one in held],
        [one.valid_from for one in held],
        [one.valid_to for one in held],
    )

"""The line of each clinic and urgency: when it is empty, if searches begin at the pace."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection
from shared.events import Urgency

_JOIN = """
    INSERT INTO clinic_lines AS l (clinic_id, urgency, free_at)
    SELECT clinic_id, urgency, $4::timestamptz + longer
      FROM unnest($1::uuid[], $2::text[], $3::interval[]) AS n (clinic_id, urgency, longer)
     ORDER BY clinic_id, urgency
    ON CONFLICT (clinic_id, urgency) DO UPDATE
       SET free_at = greatest(l.free_at, $4) + (excluded.free_at - $4)
    RETURNING clinic_id, urgency, free_at
"""


async def join(
    connection: Connection, longer: Mapping[tuple[UUID, Urgency], timedelta], *, at: datetime
) -> dict[tuple[UUID, Urgency], datetime]:
    """Make lines longer, locked until the transaction ends. Returns when each was free before."""
    lanes = list(longer)
    rows = await connection.fetch(
        _JOIN,
        [clinic_id for clinic_id, _ in lanes],
        [urgency.value for _, urgency in lanes],
        [longer[lane] for lane in lanes],
        at,
    )
    ends = {(row["clinic_id"], Urgency(row["urgency"])): row["free_at"] for row in rows}
    return {lane: end - longer[lane] for lane, end in ends.items()}

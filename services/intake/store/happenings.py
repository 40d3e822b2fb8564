"""Lines of a referral's timeline: codes and times, and of names only those of staff."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline: a code and, where a name counts, who of the clinic it was."""

    code: str
    by_name: str | None = None


_NOTE = """
    INSERT INTO happenings (referral_id, clinic_id, at, code)
    SELECT referral_id, clinic_id, $2, $3 FROM referrals WHERE referral_id = $1
"""

_HAS = "SELECT EXISTS (SELECT FROM happenings WHERE referral_id = $1 AND code = $2)"


async def has(connection: Connection, referral_id: UUID, code: str) -> bool:
    """Whether the timeline has a line of this code."""
    return bool(await connection.fetchval(_HAS, referral_id, code))


async def note(connection: Connection, referral_id: UUID, code: str, *, at: datetime) -> None:
    """A line of the timeline without a change of standing."""
    await connection.execute(_NOTE, referral_id, at, code)

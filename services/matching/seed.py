"""Loads a roster from a file, through the same use-case that any other way would take."""

from collections.abc import Sequence
from pathlib import Path

from services.matching.on.coach_recorded import coach_recorded
from services.matching.rules.roster import RosterCoach
from services.matching.settings import Settings
from services.matching.store import coaches
from shared.seed_file import read_entries
from shared.service import Core


async def seed(core: Core[Settings], file: Path) -> Sequence[str]:
    """Record every coach of the file; running it again changes what changed. Returns a summary.

    Raises SeedFileError when the file is not a roster.
    """
    roster = read_entries(file, RosterCoach)
    for coach in roster:
        async with core.database.transaction(actor="operator:seed") as tx:
            await coach_recorded(tx, coach, core.vault)
    async with core.database.read_connection() as connection:
        removed = await coaches.count_removed(connection, [coach.coach_id for coach in roster])
    stay = [f"{removed} of them stay removed: `coaches restore` lets them be asked again"]
    return [f"{len(roster)} coaches recorded", *(stay if removed else [])]

"""Loads clinics from a file, through the same use-case that any other way would take."""

from collections.abc import Sequence
from pathlib import Path

from services.intake.on.clinic_recorded import ClinicEntry, clinic_recorded
from services.intake.settings import Settings
from shared.seed_file import read_entries
from shared.service import Core


async def seed(core: Core[Settings], file: Path) -> Sequence[str]:
    """Record every clinic of the file. Returns a summary.

    Raises SeedFileError when the file is not a list of clinics.
    """
    entries = read_entries(file, ClinicEntry)
    for entry in entries:
        async with core.database.transaction(actor="operator:seed") as tx:
            await clinic_recorded(tx, entry, core.vault)
    return [f"{len(entries)} clinics recorded"]

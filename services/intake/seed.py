"""Loads clinics from a file, through the same use-case that any other way would take."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from services.intake.on.clinic_recorded import ClinicEntry, clinic_recorded
from services.intake.settings import Settings
from shared.service import Core


async def seed(core: Core[Settings], file: Path) -> Sequence[str]:
    """Record every clinic of the file. Returns a summary.

    Raises pydantic's ValidationError, without values, when the file is not a list of clinics.
    """
    text = file.read_text()  # noqa: ASYNC240 (a command that does nothing else meanwhile)
    entries = TypeAdapter(list[ClinicEntry]).validate_python(json.loads(text))
    for entry in entries:
        async with core.database.transaction(actor="operator:seed") as tx:
            await clinic_recorded(tx, entry, core.vault)
    return [f"{len(entries)} clinics recorded"]

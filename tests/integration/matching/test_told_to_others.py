"""What matching tells of pauses, waits and changes, and what clinics and people get to read."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.environment import Site
from shared import events
from tests.integration.crash import intake
from tests.integration.crash.cast import MOMENT
from tests.integration.crash.fate import Fate
from tests.integration.crash.scenario import Stage, staged
from tests.world.engines import Engines

WEEK = timedelta(days=7)
CLINIC_PAUSED = intake.reports(events.AssignmentPaused, until=MOMENT + WEEK, reason="hospitalised")


@pytest.fixture
async def clinics(engines: Engines, site: Site) -> AsyncIterator[Stage]:
    async with staged(engines, site, "intake") as stage:
        yield stage


async def read_by_clinic(stage: Stage) -> dict[str, Any]:
    """The one referral, as the clinic's program reads it."""
    referral = intake.referral_id(await stage.before())
    async with stage.process(Fate()) as process, process.http() as http:
        answer = await http.get(f"/v1/referrals/{referral}", headers=intake.KEY)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def test_a_clinic_reads_no_first_contact_that_is_due_during_a_pause(clinics: Stage) -> None:
    await clinics.set(intake.WITH_COACH)
    assert (await read_by_clinic(clinics))["first_contact_by"] == intake.SOON.isoformat()
    await clinics.set((*intake.WITH_COACH, CLINIC_PAUSED))
    read = await read_by_clinic(clinics)
    assert (read["state"], read["first_contact_by"]) == ("on_hold", None)


async def test_a_clinic_reads_by_when_the_coach_reaches_out_after_a_pause(clinics: Stage) -> None:
    later = MOMENT + timedelta(days=3)
    resumed = intake.reports(events.AssignmentResumed, first_contact_by=later)
    await clinics.set((*intake.WITH_COACH, CLINIC_PAUSED, resumed))
    read = await read_by_clinic(clinics)
    assert (read["state"], read["first_contact_by"]) == ("assigned", later.isoformat())

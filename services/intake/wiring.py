"""What intake does when something happens: the whole table."""

from functools import partial
from pathlib import Path
from typing import get_args

from services.intake.actions.human_tasks import close_tasks, open_task
from services.intake.actions.screening import ScreeningContext
from services.intake.on.database_restored import reapply
from services.intake.on.matching_reported import Report, coach_contact_recorded, matching_reported
from services.intake.on.person_opted_out import person_opted_in, person_opted_out
from services.intake.on.referral_deadline_passed import referral_deadline_passed
from services.intake.on.safety_flagged import safety_flagged
from services.intake.settings import Settings
from services.intake.timers import ReferralDeadlinePassed
from services.intake.web.access import Access
from services.intake.web.api import api
from services.intake.web.clinic_pages import ClinicPages
from services.intake.web.clinic_requests import ClinicRequests
from shared import events
from shared.messaging.handler import Handler
from shared.messaging.key_tasks import KeyTasks
from shared.service import Core, Service, Wiring
from shared.settings import key_of


def wire(core: Core[Settings]) -> Wiring:
    """Event type → function, timer → function, API and pages."""
    calendar = core.settings.calendar
    access, requests = Access(core), ClinicRequests(core, screening_context(core))
    reports = Handler(partial(matching_reported, calendar=calendar), batched=True)
    return Wiring(
        events={
            **dict.fromkeys(get_args(Report), reports),
            events.CoachContactRecorded: Handler(coach_contact_recorded),
            events.PersonOptedOut: Handler(person_opted_out),
            events.PersonOptedIn: Handler(person_opted_in),
            events.SafetyFlagged: Handler(partial(safety_flagged, calendar=calendar)),
        },
        timers={ReferralDeadlinePassed: partial(referral_deadline_passed, calendar=calendar)},
        tasks=KeyTasks(open_task, close_tasks),
        reapply=reapply(calendar),
        routers=[api(requests, access), ClinicPages(requests, access).router],
    )


def screening_context(core: Core[Settings]) -> ScreeningContext:
    """What screening needs, from the settings."""
    return ScreeningContext(
        vault=core.vault,
        policy=core.settings.policy,
        calendar=core.settings.calendar,
        quota=core.settings.quota,
        hash_key=key_of(core.settings.record_key),
        public_url=core.settings.public_url,
    )


SERVICE = Service(
    name="intake",
    settings=Settings,
    wire=wire,
    migrations=Path(__file__).parent / "migrations",
    fetch_min_bytes=64 * 1024,
)

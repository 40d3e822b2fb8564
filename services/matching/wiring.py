"""What matching does when something happens: the whole table."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fastapi import APIRouter

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.human_tasks import close_tasks, open_task
from services.matching.figures import CountFigures
from services.matching.on.coach_left import coach_left
from services.matching.on.coach_replied import coach_replied
from services.matching.on.database_restored import reapply
from services.matching.on.first_contact_due import first_contact_due
from services.matching.on.offer_deadline_passed import offer_deadline_passed
from services.matching.on.offer_message_sent import offer_message_lost, offer_message_sent
from services.matching.on.other_coach_wanted import reply_received
from services.matching.on.pause_review_due import pause_review_due
from services.matching.on.person_contact_recorded import (
    person_contact_recorded,
    person_erased,
    person_preferences_changed,
)
from services.matching.on.place_freed import place_freed
from services.matching.on.referral_accepted import referrals_accepted
from services.matching.on.referral_amended import referral_amended
from services.matching.on.referral_released import referral_released
from services.matching.on.referral_stopped import STOPS, referral_stopped
from services.matching.on.waitlist_review_due import waitlist_review_due
from services.matching.settings import Settings
from services.matching.store import staff
from services.matching.store.coaches import Roster
from services.matching.timers import (
    CoachLeft,
    FirstContactDue,
    OfferDeadlinePassed,
    PauseReviewDue,
    PlaceFreed,
    WaitlistReviewDue,
)
from services.matching.web.coach_guard import CoachGuard
from services.matching.web.coach_pages import CoachPages
from services.matching.web.figures_page import FiguresPage
from services.matching.web.offer_page import OfferPage
from services.matching.web.staff_pages import StaffPages
from services.matching.web.supervisor_page import SupervisorPage
from shared import events
from shared.loops import Loop
from shared.messaging.handler import Handler
from shared.messaging.key_tasks import KeyTasks
from shared.service import Core, Service, Wiring
from shared.settings import key_of
from shared.signin.guard import StaffGuard
from shared.signin.session import public_key_of


def wire(core: Core[Settings]) -> Wiring:
    """Event type → function, timer → function, and the pages."""
    context, counting = offer_context_of(core.settings), CountFigures(core.database)
    return Wiring(
        events={
            events.ReferralAccepted: Handler(
                partial(referrals_accepted, context=context), batched=True
            ),
            events.ReferralAmended: Handler(partial(referral_amended, context=context)),
            events.ReferralReleased: Handler(partial(referral_released, context=context)),
            **dict.fromkeys(STOPS, Handler(referral_stopped)),
            events.PersonContactRecorded: Handler(person_contact_recorded, deferrable=True),
            events.PersonPreferencesChanged: Handler(person_preferences_changed),
            events.PersonErased: Handler(person_erased),
            events.ReplyReceived: Handler(partial(reply_received, context=context)),
            events.CoachReplied: Handler(partial(coach_replied, context=context)),
            events.MessageSent: Handler(offer_message_sent, deferrable=True),
            events.MessageFailed: Handler(partial(offer_message_lost, context=context)),
            events.MessageParked: Handler(partial(offer_message_lost, context=context)),
            events.MessageUndelivered: Handler(partial(offer_message_lost, context=context)),
            events.MessageSuppressed: Handler(partial(offer_message_lost, context=context)),
        },
        timers={
            FirstContactDue: first_contact_due,
            OfferDeadlinePassed: partial(offer_deadline_passed, context=context),
            PauseReviewDue: pause_review_due,
            WaitlistReviewDue: partial(waitlist_review_due, context=context),
            PlaceFreed: partial(place_freed, context=context),
            CoachLeft: partial(coach_left, context=context),
        },
        tasks=KeyTasks(open_task, close_tasks),
        reapply=reapply(context),
        routers=pages(core, context),
        loops=[Loop("figures", counting.run, counting.heartbeat)],
    )


def pages(core: Core[Settings], context: OfferContext) -> Sequence[APIRouter]:
    """The pages of coaches, and those of supervisors and operators."""
    coach_guard, guard = CoachGuard(core), staff_guard(core)
    return [
        OfferPage(core, coach_guard, context).router,
        CoachPages(core, coach_guard, context).router,
        StaffPages(core, guard).router,
        SupervisorPage(core, guard, context).router,
        FiguresPage(core, guard).router,
    ]


def staff_guard(core: Core[Settings]) -> StaffGuard:
    """Who may open pages for staff, by the rows of this service itself."""
    return StaffGuard(
        database=core.database,
        public_key=public_key_of(key_of(core.settings.sign_in_key)),
        is_https=core.settings.public_url.startswith("https"),
        access_now=staff.roles_of_session,
    )


def offer_context_of(settings: Settings) -> OfferContext:
    """How coaches are asked, from the settings."""
    return OfferContext(
        windows=settings.offer_windows,
        first_contact=settings.first_contact_windows,
        offers_before_supervisor=settings.offers_before_supervisor,
        link_key=key_of(settings.link_key),
        roster=Roster(),
        pace=settings.pace,
    )


SERVICE = Service(
    name="matching",
    settings=Settings,
    wire=wire,
    migrations=Path(__file__).parent / "migrations",
)

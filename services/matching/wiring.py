"""What matching does when something happens: the whole table."""

from functools import partial
from pathlib import Path

from services.matching.actions.ask_next_coach import Asking
from services.matching.on.coach_replied import coach_replied
from services.matching.on.database_restored import reapply
from services.matching.on.offer_deadline_passed import offer_deadline_passed
from services.matching.on.offer_message_sent import offer_message_lost, offer_message_sent
from services.matching.on.person_contact_recorded import (
    person_contact_recorded,
    person_erased,
    person_preferences_changed,
)
from services.matching.on.referral_accepted import referrals_accepted
from services.matching.on.referral_amended import referral_amended
from services.matching.on.referral_released import referral_released
from services.matching.on.referral_stopped import STOPS, referral_stopped
from services.matching.on.room_freed import room_freed
from services.matching.on.waitlist_review_due import waitlist_review_due
from services.matching.settings import Settings
from services.matching.store.coaches import Roster
from services.matching.timers import OfferDeadlinePassed, RoomIsFreed, WaitlistReviewDue
from services.matching.web.offer_page import OfferPage
from shared import events
from shared.messaging.handler import Handler
from shared.service import Core, Service, Wiring
from shared.settings import key_of


def wire(core: Core[Settings]) -> Wiring:
    """Event type → function, timer → function, and the pages."""
    asking = asking_of(core.settings)
    return Wiring(
        events={
            events.ReferralAccepted: Handler(
                partial(referrals_accepted, asking=asking), batched=True
            ),
            events.ReferralAmended: Handler(partial(referral_amended, asking=asking)),
            events.ReferralReleased: Handler(partial(referral_released, asking=asking)),
            **dict.fromkeys(STOPS, Handler(referral_stopped)),
            events.PersonContactRecorded: Handler(person_contact_recorded, deferrable=True),
            events.PersonPreferencesChanged: Handler(person_preferences_changed),
            events.PersonErased: Handler(person_erased),
            events.CoachReplied: Handler(partial(coach_replied, asking=asking)),
            events.MessageSent: Handler(offer_message_sent, deferrable=True),
            events.MessageFailed: Handler(partial(offer_message_lost, asking=asking)),
            events.MessageUndelivered: Handler(partial(offer_message_lost, asking=asking)),
            events.MessageSuppressed: Handler(partial(offer_message_lost, asking=asking)),
        },
        timers={
            OfferDeadlinePassed: partial(offer_deadline_passed, asking=asking),
            WaitlistReviewDue: partial(waitlist_review_due, asking=asking),
            RoomIsFreed: partial(room_freed, asking=asking),
        },
        reapply=reapply(asking),
        routers=[OfferPage(core, asking).router],
    )


def asking_of(settings: Settings) -> Asking:
    """How coaches are asked, from the settings."""
    return Asking(
        windows=settings.offer_windows,
        first_contact=settings.first_contact_windows,
        offers_before_supervisor=settings.offers_before_supervisor,
        link_key=key_of(settings.link_key),
        roster=Roster(),
    )


SERVICE = Service(
    name="matching",
    settings=Settings,
    wire=wire,
    migrations=Path(__file__).parent / "migrations",
)

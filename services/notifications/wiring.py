"""What notifications does when something happens: the whole table."""

import random
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import get_args

from pydantic import SecretStr

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.human_tasks import close_tasks, open_task
from services.notifications.channels.mail import MailProvider, MailServer
from services.notifications.channels.sms import SmsProvider
from services.notifications.on.alarm_due import alarm_due
from services.notifications.on.coach_assigned import (
    assignment_ended,
    assignment_paused,
    assignment_resumed,
    coach_assigned,
    contact_logged,
)
from services.notifications.on.contact_recorded import (
    contacts_recorded,
    person_deceased,
    person_erased,
    person_preferences_changed,
)
from services.notifications.on.database_restored import read_texts_again, reapply
from services.notifications.on.offer_settled import offer_settled, offers_made, referral_waitlisted
from services.notifications.on.on_call_test_due import on_call_test_due
from services.notifications.on.referral_accepted import referral_amended, referrals_accepted
from services.notifications.on.referral_stopped import (
    ENDINGS,
    referral_held,
    referral_released,
    referral_stopped,
)
from services.notifications.on.staff_reported import (
    coach_sign_in_requested,
    staff_access_ended,
    staff_access_granted,
    staff_session_ended,
    staff_sign_in_requested,
)
from services.notifications.on.task_reported import Closed, Opened, task_closed, task_opened
from services.notifications.rules.by_hand import telling_pattern
from services.notifications.rules.formats import Language
from services.notifications.rules.wording import Wording, load_wording
from services.notifications.sending.claimer import Claimer
from services.notifications.sending.facts import Policy
from services.notifications.sending.feed import watch_feed
from services.notifications.sending.look_up import LookUp
from services.notifications.sending.outbound import Links, MessageComposer
from services.notifications.sending.sender import Providers, Sender
from services.notifications.settings import Settings
from services.notifications.store import due_messages, staff
from services.notifications.timers import AlarmDue, OnCallTestDue
from services.notifications.web.desk import Desk
from services.notifications.web.provider_hooks import ProviderHooks
from services.notifications.web.rota_page import RotaPage
from shared import events
from shared.events import Event
from shared.heartbeat import Heartbeat
from shared.loops import Loop
from shared.messaging.handler import Handler
from shared.messaging.key_tasks import KeyTasks
from shared.service import Core, Service, Wiring
from shared.settings import key_of
from shared.signin.guard import StaffGuard


def wire(core: Core[Settings]) -> Wiring:
    """Event type → function, webhooks, and the loops that send."""
    book = AddressBook(core.vault, key_of(core.settings.opt_out_pepper))
    beat = Heartbeat("feed", silent_after=120)
    sms = sms_provider(core.settings)
    composer = composer_of(core, book)
    sender = sender_of(core, composer, sms)
    zone = core.settings.desk_zone
    look_up = LookUp(core.database, core.history, core.guard, composer, sms, random.random, zone)
    return Wiring(
        events=handlers(book),
        timers={
            AlarmDue: partial(alarm_due, policy=core.settings.ladder),
            OnCallTestDue: partial(on_call_test_due, at=core.settings.on_call_test_at, zone=zone),
        },
        tasks=KeyTasks(open_task, close_tasks),
        reapply=reapply(book),
        before_recovery=partial(read_texts_again, database=core.database, inbox=sms, book=book),
        routers=[
            ProviderHooks(core, book, wording()).router,
            Desk(core, staff_guard(core), book, telling_words()).router,
            RotaPage(core, staff_guard(core), book).router,
        ],
        loops=[
            Loop("sender", sender.run, sender.heartbeat, sender.wake),
            Loop("look_up", look_up.run, look_up.heartbeat, look_up.wake),
            Loop("feed", partial(watch_feed, core.database, core.guard, core.feed, beat), beat),
        ],
        moments=due_messages.moments,
        before_commit=sender.claim_in,
        close=sms.close,
    )


def handlers(book: AddressBook) -> Mapping[type[Event], Handler]:
    """Event type → function."""
    recorded = Handler(partial(contacts_recorded, book=book), batched=True)
    return {
        events.ReferralAccepted: Handler(referrals_accepted, batched=True),
        events.ReferralAmended: Handler(referral_amended),
        events.ReferralHeld: Handler(referral_held),
        events.ReferralReleased: Handler(referral_released),
        **dict.fromkeys(ENDINGS, Handler(referral_stopped)),
        events.PersonContactRecorded: recorded,
        events.CoachContactRecorded: recorded,
        events.ClinicContactRecorded: recorded,
        events.StaffContactRecorded: recorded,
        events.PersonPreferencesChanged: Handler(person_preferences_changed),
        events.PersonErased: Handler(person_erased),
        events.PersonDeceased: Handler(person_deceased),
        events.OfferMade: Handler(offers_made, batched=True),
        events.OfferAccepted: Handler(offer_settled),
        events.OfferDeclined: Handler(offer_settled),
        events.OfferExpired: Handler(offer_settled),
        events.OfferWithdrawn: Handler(offer_settled),
        events.ReferralWaitlisted: Handler(referral_waitlisted),
        events.CoachAssigned: Handler(coach_assigned),
        events.ContactLogged: Handler(contact_logged),
        events.AssignmentPaused: Handler(assignment_paused),
        events.AssignmentResumed: Handler(assignment_resumed),
        events.AssignmentEnded: Handler(assignment_ended),
        events.StaffAccessGranted: Handler(staff_access_granted),
        events.StaffAccessEnded: Handler(staff_access_ended),
        events.StaffSessionEnded: Handler(staff_session_ended),
        events.CoachSignInRequested: Handler(coach_sign_in_requested),
        events.StaffSignInRequested: Handler(staff_sign_in_requested),
        **dict.fromkeys(get_args(Opened), Handler(task_opened)),
        **dict.fromkeys(get_args(Closed), Handler(task_closed)),
    }


def staff_guard(core: Core[Settings]) -> StaffGuard:
    """Who may open the desk, by this service's copy of who works here."""
    settings = core.settings
    return StaffGuard(
        database=core.database,
        public_key=key_of(SecretStr(settings.sign_in_public_key)),
        is_https=settings.sign_in_url.startswith("https"),
        access_now=staff.roles_of_session,
    )


def sms_provider(settings: Settings) -> SmsProvider:
    """The text provider. Make it inside the running loop."""
    return SmsProvider(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        base_url=settings.twilio_base_url,
        sender=settings.sms_sender,
        timeout_seconds=settings.send_timeout_seconds,
        # To wait for a connection would count as a try.
        connections=settings.sends_at_once,
    )


def composer_of(core: Core[Settings], book: AddressBook) -> MessageComposer:
    """What opens contacts and composes messages."""
    settings = core.settings
    links = Links(
        offers=settings.offer_page_url,
        clinics=settings.clinic_page_url,
        sign_in=settings.sign_in_url,
        desk=settings.desk_url,
        key=key_of(settings.link_key),
        sign_in_key=key_of(settings.sign_in_link_key),
        team_phone=settings.team_phone,
    )
    return MessageComposer(book, wording(), links, key_of(settings.record_key))


def sender_of(core: Core[Settings], composer: MessageComposer, sms: SmsProvider) -> Sender:
    """What claims, sends and records."""
    settings = core.settings
    server = MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_username or None,
        settings.smtp_password.get_secret_value() if settings.smtp_username else None,
        settings.smtp_ca_file,
    )
    mail = MailProvider(
        server,
        sender=settings.mail_sender,
        timeout_seconds=settings.send_timeout_seconds,
    )
    domain = settings.mail_sender.rpartition("@")[2]
    look_up_after = timedelta(seconds=settings.look_up_after_seconds)
    policy = Policy(settings.hours, settings.limits)
    return Sender(
        database=core.database,
        history=core.history,
        claimer=Claimer(core.guard, composer, policy, look_up_after),
        providers=Providers(sms, mail, settings.public_url, domain, look_up_after),
        sends_at_once=settings.sends_at_once,
        chance=random.random,
    )


def wording() -> Wording:
    """All wording, read from the package's files."""
    root = resources.files("services.notifications") / "messages"
    return load_wording(
        {
            f"{language.name}/{file.name}": file.read_text()
            for language in _folders(root)
            for file in language.iterdir()
        }
    )


def telling_words() -> re.Pattern[str]:
    """The words that give away what a text is about, read from the package's files."""
    root = resources.files("services.notifications") / "rules" / "lexicon"
    return telling_pattern(
        (root / f"telling_words_{language}.list").read_text() for language in Language
    )


def _folders(root: Traversable) -> list[Traversable]:
    return [one for one in root.iterdir() if one.is_dir() and not one.name.startswith("_")]


SERVICE = Service(
    name="notifications",
    settings=Settings,
    wire=wire,
    migrations=Path(__file__).parent / "migrations",
)

"""What notifications does when something happens: the whole table."""

from datetime import timedelta
from functools import partial
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path

from services.notifications.actions.address_book import AddressBook
from services.notifications.channels.mail import MailProvider
from services.notifications.channels.sms import SmsProvider
from services.notifications.on.coach_assigned import (
    assignment_ended,
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
from services.notifications.on.offer_settled import offer_made, offer_settled, referral_waitlisted
from services.notifications.on.referral_accepted import referral_amended, referrals_accepted
from services.notifications.on.referral_stopped import (
    ENDINGS,
    referral_held,
    referral_released,
    referral_stopped,
)
from services.notifications.rules.wording import Wording, load_wording
from services.notifications.sending.facts import Policy
from services.notifications.sending.feed import watch_feed
from services.notifications.sending.look_up import LookUp
from services.notifications.sending.outbound import Links, MessageComposer
from services.notifications.sending.sender import Providers, Sender
from services.notifications.settings import Settings
from services.notifications.web.provider_hooks import ProviderHooks
from shared import events
from shared.heartbeat import Heartbeat
from shared.messaging.handler import Handler
from shared.service import Core, Loop, Service, Wiring
from shared.settings import key_of


def wire(core: Core[Settings]) -> Wiring:
    """Event type → function, webhooks, and the loops that send."""
    book = AddressBook(core.vault, key_of(core.settings.opt_out_pepper))
    recorded = Handler(partial(contacts_recorded, book=book), batched=True)
    beat = Heartbeat("feed", silent_after=120)
    sms = sms_provider(core.settings)
    return Wiring(
        events={
            events.ReferralAccepted: Handler(referrals_accepted, batched=True),
            events.ReferralAmended: Handler(referral_amended),
            events.ReferralHeld: Handler(referral_held),
            events.ReferralReleased: Handler(referral_released),
            **dict.fromkeys(ENDINGS, Handler(referral_stopped)),
            events.PersonContactRecorded: recorded,
            events.CoachContactRecorded: recorded,
            events.ClinicContactRecorded: recorded,
            events.PersonPreferencesChanged: Handler(person_preferences_changed),
            events.PersonErased: Handler(person_erased),
            events.PersonDeceased: Handler(person_deceased),
            events.OfferMade: Handler(offer_made),
            events.OfferAccepted: Handler(offer_settled),
            events.OfferDeclined: Handler(offer_settled),
            events.OfferExpired: Handler(offer_settled),
            events.OfferWithdrawn: Handler(offer_settled),
            events.ReferralWaitlisted: Handler(referral_waitlisted),
            events.CoachAssigned: Handler(coach_assigned),
            events.ContactLogged: Handler(contact_logged),
            events.AssignmentEnded: Handler(assignment_ended),
        },
        timers={},
        reapply=reapply(book),
        before_recovery=partial(read_texts_again, database=core.database, inbox=sms, book=book),
        routers=[ProviderHooks(core, book, wording()).router],
        loops=[
            *sending(core, book, sms),
            Loop("feed", partial(watch_feed, core.database, core.feed, beat), beat),
        ],
    )


def sms_provider(settings: Settings) -> SmsProvider:
    """The text provider. Make it inside the running loop."""
    return SmsProvider(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        base_url=settings.twilio_base_url,
        sender=settings.sms_sender,
        timeout_seconds=settings.send_timeout_seconds,
        connections=settings.sends_at_once,
    )


def sending(core: Core[Settings], book: AddressBook, sms: SmsProvider) -> list[Loop]:
    """The loop that claims, sends and records, and the one that looks up what it cannot tell."""
    settings = core.settings
    links = Links(
        offers=settings.offer_page_url,
        clinics=settings.clinic_page_url,
        key=key_of(settings.link_key),
        team_phone=settings.team_phone,
    )
    mail = MailProvider(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_sender,
        timeout_seconds=settings.send_timeout_seconds,
    )
    domain = settings.mail_sender.rpartition("@")[2]
    composer = MessageComposer(book, wording(), links, key_of(settings.record_key))
    sender = Sender(
        database=core.database,
        history=core.history,
        composer=composer,
        policy=Policy(settings.hours, settings.limits),
        providers=Providers(sms, mail, settings.public_url, domain),
        sends_at_once=settings.sends_at_once,
        look_up_after=timedelta(seconds=settings.look_up_after_seconds),
    )
    look_up = LookUp(core.database, core.history, composer, sms)
    return [
        Loop("sender", sender.run, sender.heartbeat, sender.wake),
        Loop("look_up", look_up.run, look_up.heartbeat),
    ]


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


def _folders(root: Traversable) -> list[Traversable]:
    return [one for one in root.iterdir() if one.is_dir() and not one.name.startswith("_")]


SERVICE = Service(
    name="notifications",
    settings=Settings,
    wire=wire,
    migrations=Path(__file__).parent / "migrations",
)

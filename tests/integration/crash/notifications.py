"""What comes to notifications, and what was there before."""

from datetime import timedelta
from typing import Any

from twilio.request_validator import RequestValidator

from services.notifications.settings import Settings
from services.notifications.store import claims, messages
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.cast import (
    COACH,
    COACH_PHONE,
    MOMENT,
    OFFER,
    PERSON_PHONE,
    REFERRAL,
    somebody,
)
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Act, Before, Scenario, Step, comes, sealed

SOON = MOMENT + timedelta(hours=4)
WHOM = {"referral_id": REFERRAL, "offer_id": OFFER, "coach_id": COACH}


def reports(kind: type[events.Event], **fields: Any) -> Step:
    """Matching says this of the referral."""
    return comes(kind.model_validate(WHOM | fields))


def posts(path: str, **form: str) -> Act:
    """The text provider calls, with its signature."""

    async def post(process: Process) -> None:
        assert isinstance(process.settings, Settings)
        token = process.settings.twilio_auth_token.get_secret_value()
        signature = RequestValidator(token).compute_signature(
            process.settings.public_url + path, form
        )
        async with process.http() as provider:
            answer = await provider.post(path, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code in (200, 204), answer.text

    return post


def texts(sender: str, body: str, sid: str = "SM1") -> Step:
    """Somebody writes to us."""

    async def step(_: Before) -> Act:
        return posts("/twilio/inbound", MessageSid=sid, From=sender, Body=body)

    return step


def receipt(step: str, status: str, code: str = "") -> Step:
    """How far the text of this step of the plan got."""

    async def come(before: Before) -> Act:
        message = before.only("messages", step=step)
        path = f"/twilio/status/{message['message_id']}/1"
        form = {"MessageSid": "SM9", "MessageStatus": status, "ErrorCode": code}
        return posts(path, To=PERSON_PHONE, **form)

    return come


async def claimed(before: Before) -> Act:
    """Everything that is planned is claimed by a process that then said nothing more."""
    planned = [row["message_id"] for row in before.rows["messages"] if row["state"] == "planned"]

    async def claim(process: Process) -> None:
        async with process.database.transaction() as tx:
            due = await messages.locked(tx.connection, planned)
            taken = [claims.Claim(one.message_id, "sms", b"") for one in due]
            look_up_at = tx.now + timedelta(seconds=20)
            await claims.claim(tx.connection, taken, look_up_at=look_up_at, at=tx.now)

    return claim


ACCEPTED = comes(cast.accepted())
CONTACTS = tuple(map(sealed, (cast.person_contact, cast.coach_contact, cast.clinic_contact)))
KNOWN = (*CONTACTS, ACCEPTED)
OFFER_MADE = reports(events.OfferMade, episode=1, answer_by=SOON, remind_at=SOON)
OFFERED = (*KNOWN, OFFER_MADE)
ASSIGNED = reports(events.CoachAssigned, episode=1, first_contact_by=SOON)
LOGGED = reports(events.ContactLogged, channel="phone", outcome="reached")

PAUSED = reports(events.AssignmentPaused, until=SOON, reason="hospitalised")

EVENTS = [
    Scenario(events.ReferralAccepted, ACCEPTED, [OFFER_MADE]),
    Scenario(events.ReferralAccepted, ACCEPTED, [OFFER_MADE, ASSIGNED], "after the coach's yes"),
    Scenario(events.ReferralAmended, comes(cast.amended(episode=2)), [ACCEPTED]),
    Scenario(events.ReferralHeld, comes(cast.held()), [ACCEPTED]),
    Scenario(events.ReferralReleased, comes(cast.released()), [ACCEPTED, comes(cast.held())]),
    Scenario(events.ReferralWithdrawn, comes(cast.withdrawn()), [ACCEPTED]),
    Scenario(events.ReferralCancelRequested, comes(cast.cancel_requested()),
             [ACCEPTED, OFFER_MADE, ASSIGNED]),
    Scenario(events.ReferralClosed, comes(cast.closed()), [ACCEPTED]),
    Scenario(events.ConsentRevoked, comes(cast.revoked()), [ACCEPTED]),
    Scenario(events.PersonContactRecorded, CONTACTS[0], [ACCEPTED]),
    Scenario(events.CoachContactRecorded, CONTACTS[1], [OFFER_MADE]),
    Scenario(events.ClinicContactRecorded, CONTACTS[2], [ACCEPTED]),
    Scenario(events.PersonPreferencesChanged, comes(cast.preferences_changed()), KNOWN),
    Scenario(events.PersonErased, comes(events.PersonErased(person_id=cast.PERSON)), KNOWN),
    Scenario(events.PersonDeceased, comes(events.PersonDeceased(person_id=cast.PERSON)), KNOWN),
    Scenario(events.OfferMade, OFFER_MADE, [ACCEPTED]),
    Scenario(events.OfferAccepted, reports(events.OfferAccepted),
             [*OFFERED, texts(COACH_PHONE, "1")]),
    Scenario(events.OfferDeclined, reports(events.OfferDeclined, reason="no-room"),
             [*OFFERED, texts(COACH_PHONE, "2")]),
    Scenario(events.OfferExpired, reports(events.OfferExpired), [ACCEPTED, OFFER_MADE]),
    Scenario(events.OfferWithdrawn, reports(events.OfferWithdrawn, reason="undeliverable"),
             [ACCEPTED, OFFER_MADE]),
    Scenario(events.ReferralWaitlisted,
             reports(events.ReferralWaitlisted, reason="county", review_at=SOON), [ACCEPTED]),
    Scenario(events.CoachAssigned, ASSIGNED, [ACCEPTED, OFFER_MADE]),
    Scenario(events.ContactLogged, LOGGED, [ACCEPTED, OFFER_MADE, ASSIGNED]),
    Scenario(events.CoachSignInRequested,
             reports(events.CoachSignInRequested, link_id=somebody("link"), expires_at=SOON),
             [ACCEPTED, OFFER_MADE, ASSIGNED]),
    Scenario(events.AssignmentPaused, PAUSED, [ACCEPTED, OFFER_MADE, ASSIGNED]),
    Scenario(events.AssignmentResumed, reports(events.AssignmentResumed),
             [ACCEPTED, OFFER_MADE, ASSIGNED, PAUSED]),
    Scenario(events.AssignmentEnded, reports(events.AssignmentEnded, outcome="goals-met"),
             [ACCEPTED, OFFER_MADE, ASSIGNED]),
]  # fmt: skip

_INBOUND, _STATUS = "POST /twilio/inbound", "POST /twilio/status/{message_id}/{epoch}"

REQUESTS = [
    Scenario(_INBOUND, texts(PERSON_PHONE, "STOP"), OFFERED, "STOP"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "wrong number"), OFFERED, "a wrong number"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "START", "SM2"), (*KNOWN, texts(PERSON_PHONE, "STOP")),
             "START"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "I want to kill myself"), OFFERED, "danger"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "this is his mom, he passed away"), OFFERED, "a death"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "delete my information"), OFFERED, "a revocation"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "i relapsed last night"),
             (*OFFERED, ASSIGNED), "a hard time"),
    Scenario(_INBOUND, texts(PERSON_PHONE, "see you on tuesday"), KNOWN, "ordinary words"),
    Scenario(_INBOUND, texts("+15395550199", "is this the bakery"), (), "a stranger's words"),
    Scenario(_INBOUND, texts(COACH_PHONE, "1"), OFFERED, "a coach's yes"),
    Scenario(_INBOUND, texts(COACH_PHONE, "STOP"), OFFERED, "a coach's STOP"),
    Scenario(_INBOUND, texts("+15395550199", "STOP"), (), "a stranger's STOP"),
    Scenario(_STATUS, receipt("number_check", "delivered"), (*KNOWN, claimed), "delivered"),
    Scenario(_STATUS, receipt("number_check", "undelivered", "30006"), (*KNOWN, claimed),
             "the number is bad"),
    Scenario(_STATUS, receipt("number_check", "undelivered", "21610"), (*KNOWN, claimed),
             "the provider knows of a STOP"),
]  # fmt: skip

SCENARIOS = [*EVENTS, *REQUESTS]

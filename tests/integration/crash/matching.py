"""What comes to matching, and what was there before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.matching.on.coach_recorded import coach_recorded
from services.matching.rules.roster import RosterCoach
from services.matching.settings import Settings
from services.matching.store import coach_sessions, coaches
from services.matching.timers import (
    CoachLeft,
    FirstContactDue,
    OfferDeadlinePassed,
    PlaceFreed,
    WaitlistReviewDue,
)
from shared import events
from shared.offer_link import offer_code
from shared.settings import key_of
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.process import Process
from tests.integration.crash.requests import Answers, Request
from tests.integration.crash.scenario import Act, Before, Scenario, Step, comes, rings, sealed
from tests.world.stories import coach

OTHER = somebody("other referral")


def roster(*numbers: int, **changes: Any) -> Step:
    """These coaches are recorded."""

    async def step(_: Before) -> Act:
        async def seed(process: Process) -> None:
            for number in numbers:
                one = RosterCoach.model_validate(coach(number, **changes))
                async with process.database.transaction() as tx:
                    await coach_recorded(tx, one, process.core.vault)

        return seed

    return step


def replied(answer: events.Answer) -> Step:
    """The coach who is asked answers by text."""

    def reply(before: Before) -> events.Event:
        offer = before.only("offers", state="open")
        return events.CoachReplied(
            subject_id=UUID(offer["referral_id"]),
            offer_id=UUID(offer["offer_id"]),
            coach_id=UUID(offer["coach_id"]),
            answer=answer,
        )

    return comes(reply)


def _asks(before: Before) -> events.Event:
    offer = before.only("offers", state="accepted")
    return events.ReplyReceived(
        subject_id=UUID(offer["referral_id"]),
        person_id=cast.PERSON,
        question="any",
        answer=events.OTHER_COACH,
        offer_id=UUID(offer["offer_id"]),
    )


asks_for_another = comes(_asks)
"""The person writes OTHER about the coach they have."""


async def leaves(before: Before) -> Act:
    """An operator removes the coach who was asked first, as `coaches remove` does."""
    first = min(before.rows["offers"], key=lambda row: str(row["made_at"]))
    coach_id = UUID(first["coach_id"])

    async def remove(process: Process) -> None:
        async with process.database.transaction() as tx:
            assert await coaches.set_active(tx.connection, coach_id, active=False)
            await coach_sessions.end_all(tx.connection, coach_id, at=tx.now)
            tx.schedule(tx.now, CoachLeft(coach_id=coach_id))

    return remove


def of_the_question(kind: type[events.Event], **fields: Any) -> Step:
    """What became of the text that asked the coach."""

    def make(before: Before) -> events.Event:
        offer = before.only("offers", state="open")
        return kind(
            subject_id=offer["referral_id"],
            message_id=cast.MESSAGE,
            step="offer_made",
            recipient_kind="coach",
            recipient_id=offer["coach_id"],
            channel="sms",
            offer_id=offer["offer_id"],
            **fields,
        )

    return comes(make)


async def paused(_: Before) -> Act:
    """The only coach takes nobody new until tomorrow."""
    until = cast.MOMENT + timedelta(days=1)

    async def pause(process: Process) -> None:
        async with process.database.transaction() as tx:
            await tx.connection.execute("UPDATE coaches SET paused_until = $1", until)

    return pause


ACCEPTED = comes(cast.accepted())
OFFERED = (roster(1, 2), ACCEPTED)
SHOWN = (*OFFERED, sealed(cast.person_contact))
ASSIGNED = (*OFFERED, replied("accept"))
WAITLISTED = (roster(1), rings(PlaceFreed), paused, ACCEPTED)
NO_ROOM = (roster(1, max_active=1), ACCEPTED, comes(cast.accepted(OTHER)))


def link(path: str = "") -> Callable[[Before], str]:
    """The address behind the offer's link."""

    def of(before: Before) -> str:
        assert isinstance(before.settings, Settings)
        offer = before.rows["offers"][0]
        key = key_of(before.settings.link_key)
        code = offer_code(key, UUID(offer["offer_id"]), UUID(offer["coach_id"]))
        return f"/o/{code}{path}"

    return of


def presses(answer: events.Answer) -> Step:
    """The coach answers on the page."""
    content = {"data": {"answer": answer}}
    return Request("POST", link(), Answers(303), content).step


async def logs_contact(before: Before) -> Act:
    """The coach notes a call, on the device that said yes."""
    path = link()(before)

    async def note(process: Process) -> None:
        async with process.http() as coach:
            yes = await coach.post(path, data={"answer": "accept"})
            assert yes.status_code == 303
            call = {"channel": "phone", "outcome": "reached"}
            noted = await coach.post(f"{path}/contact", data=call)
            assert noted.status_code == 303

    return note


EVENTS = [
    Scenario(events.ReferralAccepted, ACCEPTED, [roster(1, 2)], "a coach fits"),
    Scenario(events.ReferralAccepted, ACCEPTED, [roster(1, counties=["40037"])], "nobody fits"),
    Scenario(
        events.ReferralAmended,
        comes(cast.amended(area=events.Area(state="OK", county_fips="40037"))),
        [roster(1, counties=["40143"]), ACCEPTED, roster(2)],
        "another county",
    ),
    Scenario(events.ReferralReleased, comes(cast.released()), [*OFFERED, comes(cast.held())]),
    Scenario(events.ReferralHeld, comes(cast.held()), OFFERED),
    Scenario(events.ReferralWithdrawn, comes(cast.withdrawn()), OFFERED),
    Scenario(events.ReferralCancelRequested, comes(cast.cancel_requested()), OFFERED),
    Scenario(events.ReferralClosed, comes(cast.closed()), ASSIGNED),
    Scenario(events.ConsentRevoked, comes(cast.revoked()), ASSIGNED),
    Scenario(events.PersonContactRecorded, sealed(cast.person_contact)),
    Scenario(
        events.PersonPreferencesChanged,
        comes(cast.preferences_changed()),
        [sealed(cast.person_contact)],
    ),
    Scenario(
        events.PersonErased,
        comes(events.PersonErased(person_id=cast.PERSON)),
        [sealed(cast.person_contact)],
    ),
    Scenario(events.ReplyReceived, asks_for_another, ASSIGNED),
    Scenario(events.CoachReplied, replied("accept"), OFFERED, "yes"),
    Scenario(events.CoachReplied, replied("pass"), OFFERED, "not this time"),
    Scenario(events.MessageSent, of_the_question(events.MessageSent), OFFERED),
    Scenario(
        events.MessageFailed, of_the_question(events.MessageFailed, reason="bad-number"), OFFERED
    ),
    Scenario(
        events.MessageParked, of_the_question(events.MessageParked, reason="our-fault"), OFFERED
    ),
    Scenario(
        events.MessageUndelivered,
        of_the_question(events.MessageUndelivered, reason="bad-number"),
        OFFERED,
    ),
    Scenario(
        events.MessageSuppressed,
        of_the_question(events.MessageSuppressed, reason="opted-out"),
        OFFERED,
    ),
]

TIMERS = [
    Scenario(OfferDeadlinePassed, rings(OfferDeadlinePassed), OFFERED),
    Scenario(FirstContactDue, rings(FirstContactDue), ASSIGNED),
    Scenario(WaitlistReviewDue, rings(WaitlistReviewDue), WAITLISTED),
    Scenario(CoachLeft, rings(CoachLeft), (*ASSIGNED, leaves), "somebody is supported"),
    Scenario(CoachLeft, rings(CoachLeft), (*OFFERED, leaves), "somebody is asked about"),
    Scenario(
        PlaceFreed,
        rings(PlaceFreed),
        [*NO_ROOM, comes(cast.withdrawn())],
        "somebody waits",
    ),
]

_OPENED = frozenset({"offer.viewed"})
_REFUSED = frozenset({"offer.answer_refused"})

REQUESTS = [
    Scenario("GET /o/{code}", Request("GET", link(), Answers(200)).step, SHOWN, seen_again=_OPENED),
    Scenario("POST /o/{code}", presses("accept"), SHOWN, "yes", _REFUSED),
    Scenario("POST /o/{code}", presses("pass"), SHOWN, "not this time", _REFUSED),
    Scenario("POST /o/{code}/contact", logs_contact, SHOWN, "", _OPENED | _REFUSED),
]

SCENARIOS = [*EVENTS, *TIMERS, *REQUESTS]

"""What comes to intake, and what was there before."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from services.intake.on.clinic_recorded import ClinicEntry, clinic_recorded
from services.intake.rules.closures import Told
from services.intake.timers import ReferralDeadlinePassed
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.cast import COACH, MOMENT, OFFER
from tests.integration.crash.process import Process
from tests.integration.crash.requests import Answers, Request
from tests.integration.crash.scenario import Act, Before, Scenario, Step, comes, rings, sealed
from tests.world.stories import clinic, submission
from tests.world.system import API_KEY

SEEN = frozenset({"referral.viewed", "clinic.signed_in"})
KEY = {"Authorization": f"Bearer {API_KEY}"}
SOON = MOMENT + timedelta(hours=4)


async def a_clinic(_: Before) -> Act:
    async def seed(process: Process) -> None:
        async with process.database.transaction() as tx:
            entry = ClinicEntry.model_validate(clinic())
            await clinic_recorded(tx, entry, process.core.vault)

    return seed


def referral_id(before: Before) -> UUID:
    return before.id_of("referrals", "referral_id")


def reports(kind: type[events.Event], **fields: Any) -> Step:
    """Matching says this of the referral."""
    whom = {"offer_id": OFFER, "coach_id": COACH}
    return comes(
        lambda before: kind.model_validate({"referral_id": referral_id(before)} | whom | fields)
    )


def says(kind: type[events.Event]) -> Step:
    """Notifications says this of the person."""
    return comes(
        lambda before: kind.model_validate(
            {"subject_id": referral_id(before), "person_id": cast.PERSON}
        )
    )


def submits(status: int = 201, **changes: Any) -> Step:
    """The clinic sends its referral."""
    body = submission(1)
    body = {name: {**part, **changes.get(name, {})} for name, part in body.items()}
    content = {"json": body, "headers": KEY}
    return Request("POST", "/v1/referrals", Answers(status), content).step


def acts(
    act: str,
    answers: Answers = Answers(200, 409),  # noqa: B008 (frozen)
    **body: str,
) -> Step:
    """The clinic's program does this with its referral."""
    path = "/v1/referrals/{}/" + act
    content = {"headers": KEY, "json": body} if body else {"headers": KEY}
    return Request("POST", lambda before: path.format(referral_id(before)), answers, content).step


def presses(act: str, **form: str) -> Step:
    """Somebody of the clinic does it in the browser."""

    async def sign_in(_: Process, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/sign-in", data={"api_key": API_KEY})
        assert answer.status_code == 303

    path = "/referrals/{}/" + act
    return Request(
        "POST",
        lambda before: path.format(referral_id(before)),
        Answers(303, 409),
        {"data": form} if form else {},
        enter=sign_in,
    ).step


def amends(**changes: Any) -> Step:
    body = submission(1)
    return Request(
        "PUT",
        lambda before: f"/v1/referrals/{referral_id(before)}",
        Answers(200, 409),
        {
            "json": {name: {**part, **changes.get(name, {})} for name, part in body.items()},
            "headers": {**KEY, "If-Match": '"1"'},
        },
    ).step


def dangerous(source: events.FlagSource = events.FlagSource.INBOUND_TEXT) -> Step:
    """A text of the person speaks of danger."""
    return comes(
        lambda before: events.SafetyFlagged(
            subject_id=referral_id(before),
            person_id=before.id_of("referrals", "person_id"),
            flag="self-harm",
            source=source,
        )
    )


READY = (a_clinic, submits())
DANGER = dangerous()
OFFER_MADE = reports(events.OfferMade, episode=1, answer_by=SOON, remind_at=SOON)
ASSIGNED = reports(events.CoachAssigned, episode=1, first_contact_by=SOON)
LOGGED = reports(events.ContactLogged, channel="phone", outcome="reached")
WITH_COACH = (*READY, OFFER_MADE, ASSIGNED)
NO_CONSENT = submits(202, consent={"signature": None, "signed_on": None})
HELD = (a_clinic, submits(request={"withdrawal_risk": True}))

REPORTS = [
    Scenario(events.OfferMade, OFFER_MADE, READY),
    Scenario(events.OfferDeclined, reports(events.OfferDeclined, reason="no-room"),
             (*READY, OFFER_MADE)),
    Scenario(events.OfferExpired, reports(events.OfferExpired), (*READY, OFFER_MADE)),
    Scenario(events.OfferWithdrawn, reports(events.OfferWithdrawn, reason="undeliverable"),
             (*READY, OFFER_MADE)),
    Scenario(events.ReferralWaitlisted,
             reports(events.ReferralWaitlisted, reason="county", review_at=SOON), READY),
    Scenario(events.AssignmentPaused,
             reports(events.AssignmentPaused, until=SOON, reason="hospitalised"),
             (*WITH_COACH, LOGGED)),
    Scenario(events.AssignmentResumed, reports(events.AssignmentResumed),
             (*WITH_COACH, LOGGED,
              reports(events.AssignmentPaused, until=SOON, reason="hospitalised"))),
    Scenario(events.SearchGivenUp, reports(events.SearchGivenUp, reason="no-capacity"),
             (*READY, reports(events.ReferralWaitlisted, reason="county", review_at=SOON))),
    Scenario(events.CoachAssigned, ASSIGNED, (*READY, OFFER_MADE)),
    Scenario(events.ContactLogged,
LOGGED, WITH_COACH),
    Scenario(events.AssignmentEnded, reports(events.AssignmentEnded, outcome="goals-met"),
             (*WITH_COACH, LOGGED)),
    Scenario(events.AssignmentEnded,
             reports(events.AssignmentEnded, outcome=events.CANCELLATION_CONFIRMED),
             (*WITH_COACH, acts("withdraw")), "the coach confirms"),
    Scenario(events.CoachContactRecorded, sealed(cast.coach_contact)),
    Scenario(events.PersonOptedOut, says(events.PersonOptedOut), READY),
    Scenario(events.SafetyFlagged, DANGER, READY, "a coach is sought"),
    Scenario(events.SafetyFlagged, DANGER, WITH_COACH, "a coach is there"),
    Scenario(events.SafetyFlagged, DANGER, (*READY, DANGER), "held already"),
    Scenario(events.SafetyFlagged, dangerous(events.FlagSource.EARLIER_TEXT),
             (*READY, DANGER, acts("acknowledge-hold", name="Ana Ortiz")), "somebody has looked"),
    Scenario(events.PersonOptedIn, says(events.PersonOptedIn),
             (*READY, says(events.PersonOptedOut))),
]  # fmt: skip

TIMERS = [
    Scenario(ReferralDeadlinePassed, rings(ReferralDeadlinePassed), (a_clinic, NO_CONSENT),
             "the consent never came"),
    Scenario(ReferralDeadlinePassed, rings(ReferralDeadlinePassed),
             (*WITH_COACH, acts("withdraw")), "nobody confirmed the cancellation"),
    Scenario(ReferralDeadlinePassed, rings(ReferralDeadlinePassed), (*READY, DANGER),
             "nobody looked at the danger"),
    Scenario(ReferralDeadlinePassed, rings(ReferralDeadlinePassed), READY, "matching is late"),
]  # fmt: skip

_API, _PAGE = "/v1/referrals/{referral_id}", "/referrals/{referral_id}"

REQUESTS = [
    Scenario("POST /v1/referrals", submits(), [a_clinic], "complete"),
    Scenario("POST /v1/referrals", NO_CONSENT, [a_clinic], "without consent"),
    Scenario(f"PUT {_API}", amends(person={"name": "Sammie"}), READY, "running", SEEN),
    Scenario(f"PUT {_API}", amends(), (a_clinic, NO_CONSENT), "the consent comes later", SEEN),
    Scenario(f"PUT {_API}", amends(person={"deceased": True}), READY, "death is told", SEEN),
    Scenario(
        f"PUT {_API}",
        amends(consent={"expires_on": "2026-11-02"}),
        READY,
        "the consent has ended",
        SEEN,
    ),
    Scenario(f"POST {_API}/withdraw", acts("withdraw"), READY, "no coach yet", SEEN),
    Scenario(f"POST {_API}/withdraw", acts("withdraw", Answers(200)), WITH_COACH, "a coach", SEEN),
    Scenario(f"POST {_API}/revoke-consent", acts("revoke-consent"), WITH_COACH, "", SEEN),
    *(
        Scenario(f"POST {_API}/end", acts("end", reason=told.value), WITH_COACH, told.value, SEEN)
        for told in Told
    ),
    Scenario(f"POST {_PAGE}/end", presses("end", reason="person-declined"), READY, "", SEEN),
    Scenario(
        f"POST {_API}/acknowledge-hold", acts("acknowledge-hold", name="Ana Ortiz"), HELD, "", SEEN
    ),
    Scenario(f"POST {_PAGE}/withdraw", presses("withdraw"), READY, "", SEEN),
    Scenario(f"POST {_PAGE}/revoke-consent", presses("revoke-consent"), READY, "", SEEN),
    Scenario(
        f"POST {_PAGE}/acknowledge-hold",
        presses("acknowledge-hold", name="Ana Ortiz"),
        HELD,
        "",
        SEEN,
    ),
]

SCENARIOS = [*REPORTS, *TIMERS, *REQUESTS]

WITHOUT_EFFECT = {
    "POST /sign-in": "opens a session, another one each time",
    "POST /sign-out": "ends the session of this browser",
    "POST /o/{code}/sign-in": "sends a link, another one each time, and few of them",
    "POST /referrals": "finds referrals; that they were looked at is audited each time",
}
"""Routes that write nothing that others see, or that may do it again."""

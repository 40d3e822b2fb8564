"""Whom a task wakes, who is on call, and what a supervisor writes to somebody from the desk."""

from datetime import timedelta
from typing import Any

from services.notifications.actions.set_rota import set_week
from services.notifications.rules.rota import Place
from services.notifications.timers import AlarmDue, OnCallTestDue
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.cast import MOMENT, PERSON_PHONE, somebody
from tests.integration.crash.notifications import KNOWN, texts
from tests.integration.crash.process import Process
from tests.integration.crash.requests import Answers, Request
from tests.integration.crash.scenario import Act, Before, Scenario, Step, rings, sealed
from tests.integration.crash.staff import GRANTED, OPENED, ROSA, acts, at_the_desk, told

ROSAS_PHONE = "+15395550702"


async def staff_contact(seals: cast.Seals) -> events.Event:
    contact = {"name": "Rosa", "phone": ROSAS_PHONE, "email": "rosa@example.org"}
    return events.StaffContactRecorded(
        staff_id=ROSA,
        sealed=await seals.of("staff", ROSA, **contact),
        language="en",
        zone=cast.ZONE,
    )


async def on_call(_: Before) -> Act:
    """Rosa is on call this week."""

    async def put(process: Process) -> None:
        async with process.database.transaction() as tx:
            await set_week(tx, MOMENT.date(), Place.FIRST, ROSA)

    return put


TEAM = (sealed(staff_contact), GRANTED, on_call)
DANGER = (*KNOWN, *TEAM, texts(PERSON_PHONE, "I want to kill myself"))
CALLED = (*DANGER, rings(AlarmDue))
TEST_SET = (*TEAM, rings(OnCallTestDue))
HELD = (*KNOWN, *TEAM, told(events.ReferralTaskOpened, OPENED))


def sets(act: str, **form: str) -> Step:
    """She sets who is on call."""
    content: dict[str, Any] = {"data": {"staff_id": str(ROSA), "place": "first", **form}}
    return Request("POST", f"/desk/rota/{act}", Answers(303), content, enter=at_the_desk).step


ANSWER = {"answer_id": str(somebody("answer")), "words": "Rosa here. I call you now."}
OK = texts(ROSAS_PHONE, "OK 11", "SM7")


ANSWERED = (*CALLED, OK, acts("danger", "take"))


async def another_number(seals: cast.Seals) -> events.Event:
    sealed_contact = await seals.of("person", cast.PERSON, phone="+15392010002")
    return events.PersonContactRecorded(
        person_id=cast.PERSON,
        sealed=sealed_contact,
        language="en",
        zone=cast.ZONE,
        contact=cast.PROFILE,
    )


WRONG_NUMBER = (*KNOWN, texts(PERSON_PHONE, "wrong number"))

SCENARIOS = [
    Scenario(
        events.PersonContactRecorded, sealed(another_number), WRONG_NUMBER, "after a wrong number"
    ),
    Scenario(AlarmDue, rings(AlarmDue), DANGER, "danger"),
    Scenario(AlarmDue, rings(AlarmDue), HELD, "an overdue hold"),
    Scenario(AlarmDue, rings(AlarmDue), CALLED, "danger that nobody answered"),
    Scenario(AlarmDue, rings(AlarmDue), ANSWERED, "danger that somebody acts on"),
    Scenario(OnCallTestDue, rings(OnCallTestDue), TEAM, "the first"),
    Scenario(OnCallTestDue, rings(OnCallTestDue), TEST_SET, "a test"),
    Scenario(OnCallTestDue, rings(OnCallTestDue), (*TEST_SET, rings(OnCallTestDue)), "unanswered"),
    Scenario("POST /desk/tasks/{task_id}/answer", acts("danger", "answer", **ANSWER), DANGER),
    Scenario("POST /desk/tasks/{task_id}/take", acts("danger", "take"), CALLED, "after a call"),
    Scenario(
        "POST /desk/rota/week",
        sets("week", day="2026-12-01"),
        TEAM,
        seen_again=frozenset({"rota.set"}),
    ),
    Scenario(
        "POST /desk/rota/cover",
        sets("cover", begins="2026-12-01T08:00", ends=(MOMENT + timedelta(days=9)).isoformat()),
        TEAM,
        seen_again=frozenset({"rota.cover"}),
    ),
    Scenario("POST /twilio/inbound", OK, CALLED, "OK of who was called"),
    Scenario("POST /twilio/inbound", OK, (*TEST_SET, rings(OnCallTestDue)), "OK to the daily test"),
]

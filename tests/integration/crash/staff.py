"""People who work here: how they sign in at matching, and what they do at the desk."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from services.matching.actions import sign_in
from services.matching.actions.staff_access import StaffDetails, give_access
from services.matching.settings import Settings
from services.matching.timers import FirstContactDue
from services.notifications.actions import message_moves
from services.notifications.store import messages
from shared import events
from shared.settings import key_of
from shared.signin import link, session
from shared.signin.session import SessionClaim
from tests.integration.crash import cast
from tests.integration.crash.cast import MOMENT, PERSON_PHONE, REFERRAL, somebody
from tests.integration.crash.matching import ASSIGNED, SHOWN, replied, roster
from tests.integration.crash.notifications import KNOWN, texts
from tests.integration.crash.process import Process
from tests.integration.crash.requests import Answers, Request
from tests.integration.crash.scenario import Act, Before, Scenario, Step, comes, rings
from tests.integration.crash.support import given_up

ROSA, SESSION = somebody("Rosa"), somebody("session of Rosa")
DETAILS = StaffDetails("Rosa", "rosa@example.org", None, "en", "America/Chicago")
PRIVATE_KEY = bytes(range(32))
SIGN_IN_KEY = {
    "NOTIFICATIONS_SIGN_IN_PUBLIC_KEY": urlsafe_b64encode(
        session.public_key_of(PRIVATE_KEY)
    ).decode()
}
"""So that a test can sign what matching signs."""


def matching_settings(process: Process) -> Settings:
    assert isinstance(process.settings, Settings)
    return process.settings


async def works_here(_: Before) -> Act:
    """Rosa is a supervisor, and has asked for a link."""

    async def add(process: Process) -> None:
        async with process.database.transaction() as tx:
            key = key_of(matching_settings(process).record_key)
            roles = [events.StaffRole.SUPERVISOR]
            staff_id = await give_access(tx, process.core.vault, key, DETAILS, roles)
            await sign_in.make_link(tx, staff_id, None)

    return add


async def signed_in(before: Before) -> Act:
    """She has used it."""
    link_id = before.id_of("sign_in_links", "link_id")

    async def use(process: Process) -> None:
        async with process.database.transaction() as tx:
            await sign_in.use_link(tx, link_id, None, "a browser")

    return use


def link_path(before: Before) -> str:
    assert isinstance(before.settings, Settings)
    key = key_of(before.settings.sign_in_link_key)
    return f"/sign-in/{link.code_of(key, before.id_of('sign_in_links', 'link_id'))}"


def session_path(before: Before) -> str:
    return f"/sessions/{before.id_of('staff_sessions', 'session_id')}/end"


async def at_matching(process: Process, client: httpx2.AsyncClient) -> None:
    """Her browser holds the claim that matching gave it."""
    async with process.database.transaction() as tx:
        [row] = await tx.connection.fetch("SELECT * FROM staff_sessions")
    claim = SessionClaim(
        row["session_id"], row["staff_id"], row["access_version"], row["expires_at"]
    )
    key = key_of(matching_settings(process).sign_in_key)
    client.cookies.set(session.COOKIE, session.sign(key, claim))


async def at_the_desk(_: Process, client: httpx2.AsyncClient) -> None:
    claim = SessionClaim(SESSION, ROSA, 1, MOMENT + timedelta(hours=8))
    client.cookies.set(session.COOKIE, session.sign(PRIVATE_KEY, claim))


GRANTED = comes(
    events.StaffAccessGranted(staff_id=ROSA, roles=(events.StaffRole.SUPERVISOR,), access_version=1)
)
WROTE = (*KNOWN, GRANTED, texts(PERSON_PHONE, "see you on tuesday"))


async def one_is_parked(before: Before) -> Act:
    """A text that the provider refuses for a reason that a human has to read."""
    message_id = UUID(before.only("messages", step="number_check")["message_id"])

    async def park(process: Process) -> None:
        async with process.database.transaction() as tx:
            [message] = await messages.locked(tx.connection, [message_id])
            await message_moves.park(tx, message, "not-composed")

    return park


def acts(kind: str, verb: str, **form: str) -> Step:
    """She presses a button on the page of the task."""

    def path(before: Before) -> str:
        return f"/desk/tasks/{before.only('tasks', kind=kind)['task_id']}/{verb}"

    content: dict[str, Any] = {"data": form}
    return Request("POST", path, Answers(303, 409), content, enter=at_the_desk).step


PASSED = (
    roster(1, 2, 3, 4),
    comes(cast.accepted()),
    *(replied("pass") for _ in range(3)),
)


def decides(decision: str) -> Step:
    """She decides how a search goes on."""

    def path(before: Before) -> str:
        return f"/tasks/{before.only('tasks')['task_id']}/decide"

    content = {"data": {"decision": decision, "why": "Talked to the team."}}
    return Request("POST", path, Answers(303, 409), content, enter=at_matching).step


MATCHING = [
    *(
        Scenario(
            "POST /tasks/{task_id}/decide",
            decides(decision),
            (*given, works_here, signed_in),
            decision,
            frozenset({"task.viewed"}),
        )
        for decision, given in (
            ("ask-on", PASSED),
            ("no-coach", PASSED),
            ("more-time", (*ASSIGNED, rings(FirstContactDue))),
            ("give-up", (*SHOWN, replied("accept"), given_up)),
        )
    ),
    Scenario(
        "POST /sign-in/{code}", Request("POST", link_path, Answers(200, 410)).step, [works_here]
    ),
    Scenario(
        "POST /sessions/{session_id}/end",
        Request("POST", session_path, Answers(303), enter=at_matching).step,
        [works_here, signed_in],
    ),
]

TASK = somebody("task")


def told(event: type[events.Event], fields: Mapping[str, Any]) -> Step:
    return comes(event.model_validate(fields))


OPENED = {
    "task_id": TASK,
    "kind": "hold_to_release",
    "subject_id": REFERRAL,
    "reason": "danger",
    "opened_at": MOMENT,
    "due_at": MOMENT + timedelta(hours=4),
}
CLOSED = {"task_id": TASK, "outcome": "hold_released"}
TASKS = (
    (events.ReferralTaskOpened, events.ReferralTaskClosed),
    (events.AssignmentTaskOpened, events.AssignmentTaskClosed),
)


async def contact(before: Before) -> events.Event:
    sealed = await before.seals.of("staff", ROSA, name="Rosa", email=DETAILS.email)
    return events.StaffContactRecorded(
        staff_id=ROSA, sealed=sealed, language="en", zone=DETAILS.zone
    )


UNTIL = (MOMENT + timedelta(minutes=5)).isoformat()

NOTIFICATIONS = [
    Scenario(events.StaffAccessGranted, GRANTED),
    Scenario(events.StaffContactRecorded, comes(contact), [GRANTED]),
    Scenario(
        events.StaffAccessEnded, comes(events.StaffAccessEnded(staff_id=ROSA)), [GRANTED]
    ),
    Scenario(
        events.StaffSessionEnded,
        comes(events.StaffSessionEnded(staff_id=ROSA, session_id=SESSION)),
        [GRANTED],
    ),
    Scenario(
        events.StaffSignInRequested,
        comes(
            events.StaffSignInRequested(
                staff_id=ROSA,
                link_id=somebody("link"),
                expires_at=MOMENT + timedelta(minutes=10),
            )
        ),
        [GRANTED],
    ),
    *(Scenario(opens, told(opens, OPENED)) for opens, _ in TASKS),
    *(Scenario(closes, told(closes, CLOSED), [told(opens, OPENED)]) for opens, closes in TASKS),
    Scenario("POST /desk/tasks/{task_id}/take", acts("text_to_read", "take"), WROTE),
    Scenario(
        "POST /desk/tasks/{task_id}/close",
        acts("text_to_read", "close", until=UNTIL, done="answered"),
        WROTE,
    ),
    Scenario(
        "POST /desk/tasks/{task_id}/message",
        acts("message_parked", "message", decision="again", reason="mended"),
        (*KNOWN, GRANTED, one_is_parked),
        seen_again=frozenset({"task.viewed"}),
    ),
]  # fmt: skip

"""What a coach does with an assignment: contacts, pauses, ends, devices."""

from datetime import timedelta
from uuid import UUID

from services.matching.actions.coach_sign_in import ask_for_coach_link
from services.matching.on.contact_given_up import contact_given_up
from services.matching.on.support_paused import support_paused
from services.matching.settings import Settings
from services.matching.store import coach_sessions, offers
from services.matching.store.coach_sessions import CoachSession
from services.matching.store.coaches import Roster
from services.matching.timers import (
    PauseReviewDue,
)
from services.matching.web.coach_guard import hash_of
from shared import events, signed_cookies
from shared.settings import key_of
from shared.signin import link as links
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import ASSIGNED, SHOWN, link, replied
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Act, Before, Scenario, Step, rings


async def talked(before: Before) -> Act:
    """Coach and person have talked."""
    offer = UUID(before.rows["offers"][0]["offer_id"])

    async def note(process: Process) -> None:
        async with process.database.transaction() as tx:
            await offers.log_contact(
                tx.connection,
                offer,
                contact_id=tx.new_id(),
                at=tx.now,
                channel="phone",
                outcome="reached",
            )

    return note


ATTEMPTS = (
    (timedelta(0), "phone", "no_answer"),
    (timedelta(days=2, hours=5), "text", "texted"),
    (timedelta(days=4, hours=10), "phone", "voicemail"),
    (timedelta(days=6), "phone", "no_answer"),
)


async def tried_for_a_week(before: Before) -> Act:
    """The coach has tried often, in two ways and at three times of day, for a week."""
    offer = UUID(before.rows["offers"][0]["offer_id"])

    async def note(process: Process) -> None:
        async with process.database.transaction() as tx:
            for later, channel, outcome in ATTEMPTS:
                await offers.log_contact(
                    tx.connection,
                    offer,
                    contact_id=tx.new_id(),
                    at=tx.now - timedelta(days=7) + later,
                    channel=channel,
                    outcome=outcome,
                )

    return note


async def given_up(before: Before) -> Act:
    """And says that the person cannot be reached."""
    note = await tried_for_a_week(before)
    offer = UUID(before.rows["offers"][0]["offer_id"])

    async def give_up(process: Process) -> None:
        await note(process)
        async with process.database.transaction() as tx:
            found = await offers.locked(tx.connection, offer)
            assert found is not None
            await contact_given_up(tx, found, Roster())

    return give_up


async def on_hold(before: Before) -> Act:
    """The coach has paused it for a week."""
    offer = UUID(before.rows["offers"][0]["offer_id"])

    async def put(process: Process) -> None:
        async with process.database.transaction() as tx:
            found = await offers.locked(tx.connection, offer)
            assert found is not None
            week = tx.now + timedelta(days=7)
            assert await support_paused(tx, found, (events.PauseReason.OTHER, week), Roster())

    return put


def on_the_device(verb: str, **form: str) -> Step:
    """The coach presses a button of the page, on the device that said yes."""

    async def step(before: Before) -> Act:
        assert isinstance(before.settings, Settings)
        offer = before.rows["offers"][0]["offer_id"]
        until = cast.MOMENT + timedelta(hours=12)
        cookie = signed_cookies.make(key_of(before.settings.session_key), offer, expires_at=until)

        async def press(process: Process) -> None:
            async with process.http() as coach:
                coach.cookies.set(f"assignment-{offer}", cookie)
                answer = await coach.post(f"{link()(before)}/{verb}", data=form)
                assert answer.status_code == 303

        return press

    return step


BROWSER = "the browser that asked"


async def asked_for_link(before: Before) -> Act:
    """The coach has asked for a link in their browser."""
    offer = UUID(before.rows["offers"][0]["offer_id"])

    async def ask(process: Process) -> None:
        async with process.database.transaction() as tx:
            found = await offers.locked(tx.connection, offer)
            assert found is not None
            await ask_for_coach_link(tx, found, hash_of(BROWSER))

    return ask


async def signed_in(before: Before) -> Act:
    """And is signed in on one device."""
    coach = UUID(before.rows["offers"][0]["coach_id"])
    until = cast.MOMENT + timedelta(days=90)

    async def begin(process: Process) -> None:
        async with process.database.transaction() as tx:
            session = CoachSession(somebody("device"), coach, "a phone", tx.now, until)
            await coach_sessions.begin(tx.connection, session)

    return begin


async def opens_link(before: Before) -> Act:
    """The button behind the link, in that browser; pressed again, it was used."""
    assert isinstance(before.settings, Settings)
    key = key_of(before.settings.sign_in_link_key)
    code = links.code_of(key, before.id_of("coach_links", "link_id"))

    async def press(process: Process) -> None:
        async with process.http() as coach:
            coach.cookies.set("coach-asked", BROWSER)
            assert (await coach.post(f"/c/{code}")).status_code in (303, 410)

    return press


async def ends_device(before: Before) -> Act:
    """Signs out on this device."""
    assert isinstance(before.settings, Settings)
    key, session = key_of(before.settings.session_key), str(somebody("device"))
    until = cast.MOMENT + timedelta(hours=12)

    async def press(process: Process) -> None:
        async with process.http() as coach:
            coach.cookies.set("coach", signed_cookies.make(key, session, expires_at=until))
            assert (await coach.post(f"/coach/devices/{session}/end")).status_code == 303

    return press


SCENARIOS = [
    Scenario(
        "POST /o/{code}/end",
        on_the_device("end", outcome="goals-met"),
        [*SHOWN, replied("accept"), talked],
    ),
    Scenario(PauseReviewDue, rings(PauseReviewDue), [*ASSIGNED, on_hold]),
    Scenario("POST /c/{code}", opens_link, [*SHOWN, replied("accept"), asked_for_link]),
    Scenario(
        "POST /coach/devices/{session_id}/end",
        ends_device,
        [*SHOWN, replied("accept"), signed_in],
        seen_again=frozenset({"coach.signed_out"}),
    ),
    Scenario(
        "POST /o/{code}/pause",
        on_the_device("pause", reason="hospitalised", days="7"),
        [*SHOWN, replied("accept")],
    ),
    Scenario(
        "POST /o/{code}/resume", on_the_device("resume"), [*SHOWN, replied("accept"), on_hold]
    ),
    Scenario(
        "POST /o/{code}/give-up",
        on_the_device("give-up"),
        [*SHOWN, replied("accept"), tried_for_a_week],
        seen_again=frozenset({"contact.given_up"}),
    ),
]

"""Who is on call is woken, in the middle of the night, until somebody acts."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest

from tests.e2e.test_desk import desk, on_the_desk, sign_in, value_of
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.staff import add_staff, rota
from tests.world.stories import clinic, coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)

ROSA, NORA = ("rosa@example.org", "+15395550701"), ("nora@example.org", "+15395550702")
OTIS = "otis@example.org"
NEXT_AFTER = 3
DANGER = "i want to kill myself tonight"


def quiet_now() -> dict[str, str]:
    """Allowed hours that are many hours away: for this system it is the middle of the night."""
    now = datetime.now(ZoneInfo("America/Chicago"))
    opens = (now + timedelta(hours=12)).replace(minute=0)
    return {
        "NOTIFICATIONS_TEXTS_OPEN": f"{opens:%H:%M}",
        "NOTIFICATIONS_TEXTS_CLOSE": f"{opens:%H}:30",
    }


@pytest.fixture(scope="module")
def stage(engines: Engines) -> Iterator[System]:
    settings = {
        **quiet_now(),
        "NOTIFICATIONS_NEXT_CALL_AFTER_SECONDS": str(NEXT_AFTER),
        "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
        "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
    }
    world = System(engines, asyncio.run(engines.new_site()), settings=settings)
    world.seed("intake", [clinic()])
    world.seed("matching", [coach(30, max_active=50)])
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
async def team(stage: System) -> None:
    """Two supervisors with telephones, and an operator."""
    await add_staff(stage, "Rosa", ROSA[0], "supervisor", phone=ROSA[1])
    await add_staff(stage, "Nora", NORA[0], "supervisor", phone=NORA[1])
    await add_staff(stage, "Otis", OTIS, "operator")


@pytest.fixture
async def talk(stage: System) -> AsyncIterator[Conversation]:
    async with Conversation(stage) as conversation:
        yield conversation


@pytest.fixture
async def browser() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        yield client


async def texts_to(talk: Conversation, phone: str, about: str = "") -> list[str]:
    return [
        one["body"] for one in await talk.texts() if one["to"] == phone and about in one["body"]
    ]


async def test_with_nobody_on_call_log_desk_and_metric_say_so(
    stage: System, team: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(stage, browser)
    assert "Nobody is on call" in (await desk(stage, browser)).text
    assert "nobody_is_on_call" in stage.log_of("notifications")
    told = (await browser.get(f"{stage.inner_url('notifications')}/metrics")).text
    assert "alongside_on_call_missing 1.0" in told
    code, said = rota(stage, "set", "--email", "stranger@example.org")
    assert (code, "Nobody who works here" in said) == (1, True)
    code, said = rota(stage, "set", "--email", OTIS)
    assert (code, "Only a supervisor" in said) == (1, True)


async def test_a_number_that_has_written_stop_is_refused_and_taken_again_after_start(
    stage: System, talk: Conversation, team: None
) -> None:
    await talk.type_text(ROSA[1], "STOP")
    code, said = await until_code(stage, 1, "set", "--email", ROSA[0])
    assert "They write START first" in said
    assert code == 1
    await talk.type_text(ROSA[1], "START")
    code, said = await until_code(stage, 0, "set", "--email", ROSA[0])
    assert "First on call    Rosa" in said


async def until_code(world: System, code: int, *words: str) -> tuple[int, str]:
    async def done() -> tuple[int, str] | None:
        answer = rota(world, *words)
        return answer if answer[0] == code else None

    found: tuple[int, str] = await until(done, what=f"rota {words[0]} to end with {code}")
    return found


async def test_danger_at_night_wakes_who_is_on_call_within_five_seconds(
    stage: System, talk: Conversation, team: None, browser: httpx2.AsyncClient
) -> None:
    assert rota(stage, "set", "--email", ROSA[0])[0] == 0
    assert rota(stage, "set", "--email", NORA[0], "--place", "second")[0] == 0
    await sign_in(stage, browser)
    await talk.submit(911)
    phone = "+15392010911"
    await until_person(stage, 1)
    began = time.monotonic()
    await talk.type_text(phone, DANGER)
    called = await talk.text_to(ROSA[1], about="danger", seconds=5)
    mailed = await talk.until_mail(ROSA[0], about="danger", seconds=5)
    task = await on_the_desk(stage, browser, "Somebody wrote of danger")
    assert await talk.text_to(phone, about="988")
    assert time.monotonic() - began < 5
    for told in (called, mailed):
        assert "kill" not in told
        assert "Person" not in told
        assert phone not in told
        assert "OK" in told
    link = re.search(r"http\S+/t/\S+", called)
    assert link is not None
    assert (await browser.get(link.group())).headers["location"] in task
    await nobody_answers(talk)
    # Somebody says yes and looks: it ends.
    code = re.search(r"OK (\d\d)", called)
    assert code is not None
    await talk.type_text(NORA[1], f"ok {code[1]}")
    await talk.text_to(NORA[1], about="thank you", seconds=5)
    page = (await browser.get(task)).text
    assert "who is on call was called" in page.casefold()
    assert "somebody said that they act on it" in page.casefold()
    before = len(await talk.texts())
    await asyncio.sleep(2 * NEXT_AFTER + 1)
    assert len(await talk.texts()) == before
    closed = {"until": await value_of(browser, task, "until"), "done": "called"}
    await browser.post(f"{task}/close", data=closed)
    await talk.type_text(ROSA[1], f"OK {code[1]}")
    await talk.text_to(ROSA[1], about="nothing waits", seconds=5)


async def test_who_says_yes_and_does_not_look_is_followed_and_a_kill_changes_nothing(
    stage: System, talk: Conversation, team: None
) -> None:
    assert rota(stage, "set", "--email", ROSA[0])[0] == 0
    assert rota(stage, "set", "--email", NORA[0], "--place", "second")[0] == 0
    await talk.submit(912)
    await until_person(stage, 2)
    seen = {*await texts_to(talk, ROSA[1]), *await texts_to(talk, NORA[1])}
    await talk.type_text("+15392010912", DANGER)
    stage.kill("notifications")
    stage.start(["notifications"])

    async def fresh(phone: str) -> str:
        return next((one for one in await texts_to(talk, phone, "danger") if one not in seen), "")

    called = await until(lambda: fresh(ROSA[1]), what="the call")
    code = re.search(r"OK (\d\d)", called)
    assert code is not None
    await talk.type_text(ROSA[1], f"OK {code[1]}")
    await until(lambda: fresh(NORA[1]), what="the call of the second")
    mine = [one for one in await texts_to(talk, ROSA[1], "danger") if one == called]
    assert len(mine) == 1, "one call, once"


async def nobody_answers(talk: Conversation) -> None:
    """The second is called, and then all supervisors."""
    await talk.text_to(NORA[1], about="danger", seconds=NEXT_AFTER + 5)

    async def all_were_called() -> bool:
        return len(await texts_to(talk, ROSA[1], "danger")) >= 2

    await until(all_were_called, what="the call of all supervisors")


async def until_person(world: System, count: int) -> None:
    """Notifications has the contacts of so many people."""

    async def known() -> bool:
        async with world.database("notifications") as database:
            people = "SELECT count(*) FROM contacts WHERE kind = 'person'"
            return bool(await database.fetchval(people) >= count)

    await until(known, what="the person's contact")


async def test_supervisors_set_the_rota_on_its_page_and_operators_do_not(
    stage: System, team: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(stage, browser)
    page = f"{stage.url('notifications')}/desk/rota"
    shown = (await browser.get(page)).text
    nora = re.search(r'<option value="([^"]+)">Nora', shown)
    assert nora is not None
    day = re.search(r'<option value="(\d{4}-\d\d-\d\d)"', shown)
    assert day is not None
    week = {"staff_id": nora[1], "day": day[1], "place": "first"}
    assert (await browser.post(f"{page}/week", data=week)).status_code == 303
    assert "<dd>Nora</dd>" in (await browser.get(page)).text
    assert "Fill in every field" in (await browser.post(f"{page}/cover", data=week)).text
    times = {"begins": "2026-01-01T08:00", "ends": "2035-01-01T08:00"}
    rosa = re.search(r'<option value="([^"]+)">Rosa', shown)
    assert rosa is not None
    cover = {"staff_id": rosa[1], "place": "first", **times}
    assert (await browser.post(f"{page}/cover", data=cover)).status_code == 303
    assert "<dd>Rosa</dd>" in (await browser.get(page)).text
    back = {**cover, "begins": times["ends"], "ends": times["begins"]}
    assert "after the beginning" in (await browser.post(f"{page}/cover", data=back)).text

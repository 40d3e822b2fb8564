"""The desk: who may open it, what waits on it, and what reading and acting there changes."""

import re
from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest

from tests.world.conversation import Conversation
from tests.world.staff import add_staff, matching, sign_in_link
from tests.world.stories import submission
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(90)

EMAIL = "rosa@example.org"


@pytest.fixture
def world(stage: System) -> System:
    return stage


@pytest.fixture
async def rosa(world: System) -> None:
    """A supervisor whose access notifications knows."""
    await add_staff(world, "Rosa", EMAIL, "supervisor")


@pytest.fixture
async def browser() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        yield client


async def sign_in(world: System, browser: httpx2.AsyncClient) -> None:
    answer = await browser.post(sign_in_link(world, "supervisor"))
    assert answer.status_code == 200
    assert f"url={world.url('notifications')}/desk" in answer.text


async def desk(world: System, browser: httpx2.AsyncClient) -> httpx2.Response:
    return await browser.get(f"{world.url('notifications')}/desk")


async def test_opening_a_link_uses_nothing_and_its_button_signs_in_once(
    world: System, rosa: None, browser: httpx2.AsyncClient
) -> None:
    address = sign_in_link(world, "supervisor")
    for _ in range(2):
        assert "Sign in on this browser?" in (await browser.get(address)).text
    assert (await desk(world, browser)).status_code == 303
    assert "You are signed in" in (await browser.post(address)).text
    assert "Nothing waits for a human" in (await desk(world, browser)).text
    again = await browser.post(address)
    assert (again.status_code, "was used already" in again.text) == (410, True)


async def test_removing_somebody_closes_the_desk_within_a_second(
    world: System, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    assert (await desk(world, browser)).status_code == 200
    matching(world, "staff", "remove", "--email", EMAIL.upper())

    async def is_closed() -> bool:
        return (await desk(world, browser)).status_code == 303

    await until(is_closed, seconds=1.0, what="the end of the session at notifications")
    sessions = await browser.get(f"{world.url('matching')}/sessions")
    assert sessions.headers["location"] == "/sign-in"


async def test_other_roles_end_the_sessions_of_the_old_ones(
    world: System, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    matching(world, "staff", "add", "--name", "Rosa", "--email", EMAIL, "--role", "operator")

    async def is_closed() -> bool:
        return (await desk(world, browser)).status_code == 303

    await until(is_closed, seconds=1.0, what="the end of the session at notifications")


async def test_signing_out_ends_the_session_of_this_browser_everywhere(
    world: System, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    copied = browser.cookies["staff"]
    assert "this browser" in (await browser.get(f"{world.url('matching')}/sessions")).text
    assert (await browser.post(f"{world.url('matching')}/sign-out")).status_code == 303

    async def is_closed() -> bool:
        answer = await browser.get(
            f"{world.url('notifications')}/desk", headers={"cookie": f"staff={copied}"}
        )
        return answer.status_code == 303

    await until(is_closed, seconds=1.0, what="the end of the session at notifications")


async def test_asking_for_a_link_answers_the_same_for_everybody(
    world: System, rosa: None, browser: httpx2.AsyncClient
) -> None:
    pages = [
        (await browser.post(f"{world.url('matching')}/sign-in", data={"email": address})).text
        for address in (EMAIL, "nobody@example.org")
    ]
    assert pages[0] == pages[1]
    assert "a link is on its way" in pages[0]


async def test_a_link_is_sent_by_mail_and_works_only_where_it_was_asked_for(
    world: System, browser: httpx2.AsyncClient
) -> None:
    email = "nora@example.org"
    await add_staff(world, "Nora", email, "supervisor")
    await browser.post(f"{world.url('matching')}/sign-in", data={"email": email})

    async def mailed() -> str | None:
        return next(iter(await mailed_links(world, email)), None)

    address = await until(mailed, what="the mail with the link")
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as other:
        refused = await other.post(address)
        assert "Open the link where you asked for it" in refused.text
    assert "You are signed in" in (await browser.post(address)).text
    assert (await desk(world, browser)).status_code == 200


async def mailed_links(world: System, email: str) -> list[str]:
    """The links in all mails to this address, oldest first, as the simulator's mailbox has them."""
    start = f"{world.url('matching')}/sign-in/"
    async with httpx2.AsyncClient(trust_env=False) as client:
        found = (await client.get(f"{world.url('simulator')}/simulator/mail")).json()
    boxes = [box for box in found["mailboxes"] if box["address"] == email]
    bodies = [mail["body"] for box in boxes for mail in box["mails"]]
    return [word for body in bodies for word in body.split() if word.startswith(start)]


async def listed(world: System, browser: httpx2.AsyncClient) -> list[tuple[str, str]]:
    """Address and title of each open task, in the order of the board."""
    return re.findall(
        r'<a href="(/desk/tasks/[^"]+)"><strong>([^<]+)', (await desk(world, browser)).text
    )


async def on_the_desk(
    world: System,
    browser: httpx2.AsyncClient,
    title: str,
    *,
    besides: Sequence[tuple[str, str]] = (),
) -> str:
    """The address of the newest task with this title, once it is on the board."""

    async def found() -> str | None:
        rows = [row for row in await listed(world, browser) if row not in besides]
        return next((address for address, words in reversed(rows) if words == title), None)

    address: str = await until(found, what=f"a task '{title}'")
    return f"{world.url('notifications')}{address}"


async def test_words_that_only_a_human_understands_are_read_on_the_desk(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    await talk.submit(901)
    phone = "+15392010901"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "my sister has the keys to the boat, what now")
    task = await on_the_desk(world, browser, "A text to read")
    page = await browser.get(task)
    assert "my sister has the keys to the boat" in page.text
    assert "I take it" in page.text
    await browser.post(f"{task}/take")
    assert "You have taken it" in (await browser.get(task)).text
    until_then = await value_of(browser, task, "until")
    await talk.type_text(phone, "and the dog is at the neighbour house")
    assert "Say what was done" in (await browser.post(f"{task}/close")).text
    read = {"done": "text_read"}
    await browser.post(f"{task}/close", data={"until": until_then, **read})
    page = await browser.get(task)
    assert "Closed" not in page.text, "a text that came later was not read"
    assert "and the dog" in page.text
    until_then = await value_of(browser, task, "until")
    await browser.post(f"{task}/close", data={"until": until_then, **read})
    assert "Closed:</strong> read, nothing else to do" in (await browser.get(task)).text


async def value_of(browser: httpx2.AsyncClient, page: str, field: str) -> str:
    """What a hidden field of a form holds."""
    found = re.search(rf'name="{field}" value="([^"]+)"', (await browser.get(page)).text)
    assert found is not None
    return found.group(1)


async def test_an_answer_from_the_desk_arrives_once_and_is_read_in_the_thread(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    await talk.submit(904)
    phone = "+15392010904"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "the landlord says the key is under the blue pot, is it")
    task = await on_the_desk(world, browser, "A text to read")
    answer = {"answer_id": await value_of(browser, task, "answer_id")}
    warned = await browser.post(f"{task}/answer", data={**answer, "words": "Your rehab is open."})
    assert "It is not sent yet" in warned.text
    assert "rehab" in warned.text
    words = {"words": "Hi, Rosa from Alongside. Yes, it is there. Shall I call you?"}
    sent = [await browser.post(f"{task}/answer", data={**answer, **words}) for _ in range(2)]
    assert [page.status_code for page in sent] == [303, 303]
    await talk.text_to(phone, about="Rosa from Alongside", seconds=5)
    assert [one["to"] for one in await talk.texts() if "Rosa" in one["body"]] == [phone]
    page = (await browser.get(task)).text
    assert "<strong>You:</strong>" in page
    assert "under the blue pot" in page
    assert "Automatic text: number check" in page
    closed = {"until": await value_of(browser, task, "until"), "done": "answered"}
    await browser.post(f"{task}/close", data=closed)
    assert "Closed:</strong> answered" in (await browser.get(task)).text
    async with world.database("notifications") as database:
        kept = await database.fetchval("SELECT string_agg(sealed, ' ') FROM human_answers")
    assert "Rosa" not in kept


async def test_after_stop_no_answer_leaves_the_desk_and_the_page_says_why(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    await talk.submit(905)
    phone = "+15392010905"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "the neighbour took the green ladder to his barn again")
    task = await on_the_desk(world, browser, "A text to read")
    answer = {"answer_id": await value_of(browser, task, "answer_id")}
    await talk.type_text(phone, "STOP")
    await talk.text_to(phone, about="no more texts")
    refused = await browser.post(
        f"{task}/answer",
        data={**answer, "words": "Hi, Rosa from Alongside here.", "anyway": "true"},
    )
    assert "It was not sent. They wrote STOP" in refused.text
    assert "They wrote STOP" in (await browser.get(task)).text
    assert not [one for one in await talk.texts() if "Rosa" in one["body"] and one["to"] == phone]


async def test_somebody_in_danger_is_answered_by_a_human_while_all_else_is_held(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    referral_id = await talk.submit(906)
    phone = "+15392010906"
    await talk.text_to(phone, about="Expecting us?")
    before = await listed(world, browser)
    await talk.type_text(phone, "i want to kill myself tonight")
    task = await on_the_desk(world, browser, "Somebody wrote of danger", besides=before)
    answer = {"answer_id": await value_of(browser, task, "answer_id")}
    words = "I am here. I call you now, please pick up."
    sent = await browser.post(f"{task}/answer", data={**answer, "words": words})
    assert sent.status_code == 303, "in danger nothing is asked twice"
    await talk.text_to(phone, about=words, seconds=5)
    assert "It does not say who writes" in (await browser.get(task)).text, "and yet it is said"
    await on_the_desk(world, browser, "A referral is on hold for safety", besides=before)
    address = f"{world.url('intake')}/v1/referrals/{referral_id}/acknowledge-hold"
    assert (await talk.clinic.post(address, json={"name": "Dr. Ana Ortiz"})).status_code == 200

    async def closed() -> bool:
        page = (await desk(world, browser)).text
        return "of danger" not in page and "on hold for safety" not in page

    await until(closed, what="the end of what waits because of this text")


async def test_an_operator_sees_that_a_text_waits_and_never_its_words(
    world: System, talk: Conversation, browser: httpx2.AsyncClient
) -> None:
    await add_staff(world, "Otis", "otis@example.org", "operator")
    address = sign_in_link(world, "operator")
    await talk.submit(902)
    phone = "+15392010902"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "the blue bicycle is still in the yard of my aunt")
    await browser.post(address)
    task = await on_the_desk(world, browser, "A text to read")
    page = await browser.get(task)
    assert "Only supervisors read what people wrote" in page.text
    assert "bicycle" not in page.text
    until_then = {"until": "2035-01-01T00:00:00+00:00"}
    await browser.post(f"{task}/close", data={**until_then, "done": "answered"})
    secret = {"answer_id": "018f0000-0000-7000-8000-000000000001", "words": "From Otis."}
    await browser.post(f"{task}/answer", data=secret)
    assert not [one for one in await talk.texts() if "Otis" in one["body"]]
    assert "Closed" not in (await browser.get(task)).text


async def test_danger_and_its_hold_are_tasks_until_the_clinic_releases_it_by_name(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    referral_id = await talk.submit(903)
    phone = "+15392010903"
    await talk.text_to(phone, about="Expecting us?")
    before = await listed(world, browser)
    await talk.type_text(phone, "i want to kill myself tonight")
    danger = await on_the_desk(world, browser, "Somebody wrote of danger", besides=before)
    hold = await on_the_desk(world, browser, "A referral is on hold for safety", besides=before)
    assert "kill myself tonight" in (await browser.get(danger)).text
    address = f"{world.url('intake')}/v1/referrals/{referral_id}/acknowledge-hold"
    await talk.clinic.post(address, json={"name": "Dr. Ana Ortiz"})

    async def closed() -> bool:
        pages = [(await browser.get(task)).text for task in (danger, hold)]
        return all("Closed:</strong> the hold was released" in page for page in pages)

    await until(closed, what="the end of both tasks")


async def test_a_wrong_number_is_a_task_until_the_clinic_sends_another_one(
    world: System, talk: Conversation, rosa: None, browser: httpx2.AsyncClient
) -> None:
    await sign_in(world, browser)
    referral_id = await talk.submit(907)
    phone = "+15392010907"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "wrong number")
    task = await on_the_desk(world, browser, "A number that does not reach one person")
    amended = await talk.amend(referral_id, submission(907, phone="+15392010908"))
    assert amended.status_code == 200, amended.text

    async def closed() -> bool:
        return "Closed:</strong> another number was recorded" in (await browser.get(task)).text

    await until(closed, what="the end of the task")

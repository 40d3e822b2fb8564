"""Every word that our texts offer, typed when it is offered, again, too early and too late.

The words come from the wording files, so that a new one is met here before it is met on a phone.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest

from services.notifications.rules.keywords import KEYWORDS
from services.notifications.wiring import wording
from shared.events import SupportOutcome
from tests.e2e.phones import (
    Phone,
    offered_in,
    second_look,
    two_days_pass,
    unread_without_a_task,
)
from tests.e2e.telling import act, assigned, offered, phone
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.staff import add_staff, rota
from tests.world.stories import clinic, coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)

ROSA = ("rosa@example.org", "+15395550801")
STRANGER = "+15395550899"
CALL_US = "800-555-0100"
AFTER_STOP = "texts are stopped, and one confirmation was sent (47 CFR 64.1200)"
BY_THE_PROVIDER = "the provider itself confirms STOP and START to whom nobody knows"
PERSONS = {"STOP", "START", "HELP", "OTHER", "OTRA", "AYUDA", "1", "2", "3"}
NOBODY_YET = {("notifications", "nobody_is_on_call"), ("notifications", "nobody_to_call")}
"""What the log says of danger in the stories before somebody is on call."""
COACHES = {"STOP", "HELP", "AYUDA", "1", "2", "1 27", "2 27"}
STAFFS = {"OK 27"}


@pytest.fixture(scope="module")
def stage(engines: Engines) -> Iterator[System]:
    """Coaches who speak English, and one who alone speaks Vietnamese and is asked twice at once."""
    world = System(
        engines,
        asyncio.run(engines.new_site()),
        settings={
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
            "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
            "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
        },
    )
    world.seed("intake", [clinic()])
    several = [coach(number, max_active=50) for number in range(60, 64)]
    world.seed("matching", [*several, coach(66, max_active=50, languages=["vi"])])
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
async def talk(stage: System) -> AsyncIterator[Conversation]:
    async with Conversation(stage) as conversation:
        yield conversation


def test_every_word_that_a_text_offers_is_typed_below() -> None:
    """Whoever offers a new one writes down here what it brings about."""
    values = {"code": "27", "by": "Tue 5 PM", "link": "https://a.example", "phone": CALL_US}
    met: dict[str, set[str]] = {}
    for (_, kind, _, _), template in wording().templates.items():
        reader = next((one for one in ("staff", "clinic") if kind.startswith(one)), "person")
        reader = "coach" if kind.startswith(("coach_", "offer_")) else reader
        said = template.fill(dict.fromkeys(template.slots, "Sam") | values)[1]
        met[reader] = met.get(reader, set()) | offered_in(said)
    assert met == {"person": PERSONS, "coach": COACHES, "staff": STAFFS, "clinic": set()}
    by_table = {word for row in KEYWORDS for word in (*row.offered, row.digit) if word}
    assert by_table <= PERSONS


async def test_a_person_types_whatever_is_offered_until_support_ends(talk: Conversation) -> None:
    referral, first, link = await offered(talk, 600)
    sam = Phone(talk, phone(600))
    asked = await talk.text_to(sam.number, about="Expecting us?")
    assert offered_in(asked) == {"1", "STOP", "HELP"}
    for early in ("OTHER", "2", "3", "START"):
        await sam.types(early)
    await sam.types_twice("HELP", f"call {CALL_US}")
    await sam.types_twice("1", "Thank you for your answer")
    link = await with_another_coach(talk, sam, referral, first, link)
    await while_supported(talk, sam, referral, link)
    await after_the_end(talk, sam, referral, link)


async def with_another_coach(
    talk: Conversation, sam: Phone, referral: str, first: str, link: str
) -> str:
    """The coach says yes, and OTHER brings the next one; returns the link of that one."""
    await two_days_pass(talk, referral)
    known = {one["sid"] for one in await talk.texts()}
    await talk.answer_page(link, "accept")
    welcome = await talk.text_to(sam.number, about="will call or text you by")
    assert welcome.startswith("Hi Sam")
    assert offered_in(welcome) == {"OTHER", "STOP", "HELP"}
    assert "We are asking someone else now" in await sam.types("OTHER")
    second, code = await until(lambda: asked_since(talk, known), what="the next coach")
    assert second != first
    await sam.types("OTHER")
    assert "This support has ended" in (await talk.open_page(link)).text
    await two_days_pass(talk, referral)
    link = f"{talk.system.url('matching')}/o/{code}"
    await talk.answer_page(link, "accept")
    await until(lambda: so_many(sam, "will call or text you by", 2), what="the second welcome")
    reached = {"channel": "phone", "outcome": "reached"}
    assert (await talk.browser.post(f"{link}/contact", data=reached)).status_code == 200
    await talk.until_state(referral, "engaged")
    return link


async def while_supported(talk: Conversation, sam: Phone, referral: str, link: str) -> None:
    """Each answer to a check-in; STOP, which ends texts, and START, after which they go on."""
    await two_days_pass(talk, referral, due="check_in_day_3")
    asked = await talk.text_to(sam.number, about="Reply 1 good, 2 so-so, 3 not good")
    assert offered_in(asked) == {"1", "2", "3"}
    await sam.types_twice("1", "Thank you for your answer")
    await sam.types_twice("2", "Thank you for your answer")
    await sam.types_twice("3", "call or text 988")
    await two_days_pass(talk, referral, due="check_in_day_30")
    asked = await talk.text_to(sam.number, about="STOP ends texts, HELP for help")
    assert offered_in(asked) == {"1", "2", "3", "STOP", "HELP"}
    assert "You will get no more texts" in await sam.types("STOP")
    for _ in range(2):
        for word in ("STOP", "1", "2", "see you there"):
            await sam.types(word, silent=AFTER_STOP)
    await sam.types_twice("HELP", CALL_US)
    await sam.types_twice("START", "You will get texts from Alongside again")
    await two_days_pass(talk, referral, due="check_in_day_7")
    await until(lambda: so_many(sam, "2 so-so", 3), what="texts to go on")


async def after_the_end(talk: Conversation, sam: Phone, referral: str, link: str) -> None:
    """ "To start again, just reply", says the last text: a human reads each of these replies."""
    await two_days_pass(talk, referral)
    await talk.browser.post(f"{link}/end", data={"outcome": SupportOutcome.GOALS_MET.value})
    goodbye = await talk.text_to(sam.number, about="To start again, just reply")
    assert offered_in(goodbye) == {"STOP"}
    for word in ("yes", "1", "good", "START", "OTHER"):
        await everything_is_read(talk)
        await sam.types(word)
        assert await open_tasks(talk, referral) == ["text_to_read"], word
    await sam.types_twice("HELP", CALL_US)


async def asked_since(talk: Conversation, known: set[str]) -> tuple[str, str] | None:
    """The phone and the code of a coach who was asked by a text that is not `known`."""
    fresh = [one for one in await talk.texts() if one["sid"] not in known]
    found = [(one["to"], re.search(r"/o/(\S+) Reply", one["body"])) for one in fresh]
    return next(((to, code[1]) for to, code in found if code is not None), None)


async def so_many(who: Phone, about: str, count: int) -> bool:
    return sum(about in body for body in await who.texts()) == count


async def everything_is_read(talk: Conversation) -> None:
    """Humans have done what waited on the desk."""
    async with talk.system.database("notifications") as connection:
        await connection.execute("UPDATE inbound_texts SET read_at = now() WHERE read_at IS NULL")
        await connection.execute(
            "UPDATE tasks SET closed_at = now(), closed_by = 'staff:rosa', outcome = 'text_read' "
            "WHERE closed_at IS NULL AND owner = 'notifications'"
        )


async def open_tasks(talk: Conversation, referral: str) -> list[str]:
    async with talk.system.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT t.kind FROM tasks t JOIN referrals r ON t.subject_id = r.person_id "
            "WHERE r.referral_id = $1::uuid AND t.closed_at IS NULL",
            referral,
        )
    return [kind for (kind,) in rows]


async def test_an_answer_is_in_the_language_of_its_text_and_later_texts_in_the_records(
    talk: Conversation,
) -> None:
    """The clinic wrote down the wrong language for both of them."""
    await assigned(talk, 601)
    submitted = await talk.submit(602, languages=["es", "en"])
    english, spanish = Phone(talk, phone(601)), Phone(talk, phone(602))
    asked = await talk.text_to(spanish.number, about="¿Nos esperabas?")
    assert offered_in(asked) == {"1", "STOP", "AYUDA"}
    await talk.text_to(english.number, about="Expecting us?")
    await english.types_twice("AYUDA", f"llama al {CALL_US}")
    await spanish.types_twice("HELP", f"call {CALL_US}")
    await spanish.types_twice("1", "Gracias por tu respuesta")
    await english.types_twice("1", "Thank you for your answer")
    assert "A person will read this" in await spanish.types("are you open on sunday")
    assert "lo va a leer" in await english.types("dónde queda la oficina de ustedes")
    assert "988 y oprime 2" in await english.types("recaí anoche")
    assert "Ya no te enviaremos" in await english.types("ALTO")
    assert "You will get texts" in await english.types("START")
    assert "Vas a recibir" in await english.types("EMPEZAR")
    assert "no more texts" in await spanish.types("please stop texting me")
    await act(talk, submitted, "withdraw")
    crisis = await english.types("me quiero morir")
    assert "988 y oprime 2, o escribe AYUDA al 988" in crisis
    assert "call or text 988 any time" in await spanish.types("i want to kill myself")
    kept = await languages_kept(talk)
    assert kept >= {("person_crisis", "es"), ("person_crisis", "en"), ("number_check", None)}


async def languages_kept(talk: Conversation) -> set[tuple[str, str | None]]:
    async with talk.system.database("notifications") as connection:
        return {tuple(row) for row in await connection.fetch("SELECT step, language FROM messages")}


async def test_a_coach_types_whatever_is_offered(talk: Conversation) -> None:
    first, number, _ = await offered(talk, 610, languages=["vi"])
    dana = Phone(talk, number)
    assert offered_in((await dana.texts())[-1]) == {"1", "2"}
    second, _, _ = await offered(talk, 611, languages=["vi"])
    mine, other = sorted(offered_in((await dana.texts())[-1]))
    assert (mine[0], other[0]) == ("1", "2")
    unclear = await dana.types("1")
    codes = [word for word in offered_in(unclear) if word.startswith("1 ")]
    assert len(codes) == 2
    assert "This Alongside line reads short answers" in await dana.types("who else is there today")
    await dana.types_twice("HELP", CALL_US)
    await dana.types_twice("AYUDA", CALL_US)
    await dana.types("2 99")
    await dana.types(mine)
    await talk.until_state(second, "assigned")
    await talk.text_to(number, about="This is what comes next")
    await dana.types_twice(mine, "That request is settled")
    assert "no more texts" in await dana.types("STOP")
    await dana.types("STOP", silent=AFTER_STOP)
    await dana.types_twice("HELP", CALL_US)
    await dana.types("START")
    await dana.types("2")
    await talk.text_to(number, about="We will ask someone else")
    await dana.types_twice("2", "That request is settled")
    await talk.until_state(first, "waitlisted")


async def test_a_coach_who_answers_in_spanish_reads_spanish_and_the_next_one_is_asked(
    talk: Conversation,
) -> None:
    referral, number, _ = await offered(talk, 612)
    known = {one["sid"] for one in await talk.texts()}
    await Phone(talk, number).types("paso")
    await talk.text_to(number, about="Vamos a preguntar a otra persona")
    next_one, _ = await until(lambda: asked_since(talk, known), what="the next coach")
    await Phone(talk, next_one).types("acepto")
    await talk.text_to(next_one, about="Esto es lo que sigue")
    await talk.until_state(referral, "assigned")


async def test_a_stranger_types_whatever_they_have_read_somewhere(talk: Conversation) -> None:
    stranger = Phone(talk, STRANGER)
    for word, first in (("HELP", "To talk"), ("AYUDA", "Para hablar")):
        answers = (await stranger.types(word)).split("\n")
        assert len(answers) == 2
        assert first in answers[0]
    for word in ("OTHER", "1", "OK 41", "START", "is this the bakery"):
        await stranger.types(word)
    for word in ("STOP", "STOP", "START"):
        await stranger.types(word, silent=BY_THE_PROVIDER)
    answers = (await stranger.types("ya no quiero vivir")).split("\n")
    assert ["oprime 2" in answers[0], "call or text 988" in answers[1]] == [True, True]


async def test_staff_on_call_type_whatever_is_offered(talk: Conversation) -> None:
    world = talk.system
    await add_staff(world, "Rosa", ROSA[0], "supervisor", phone=ROSA[1])
    rosa = Phone(talk, ROSA[1])
    assert "reply OK and the two digits" in await rosa.types("OK")
    assert "nothing waits under that number" in await rosa.types("OK 98")
    assert rota(world, "set", "--email", ROSA[0])[0] == 0
    await offered(talk, 620)
    await Phone(talk, phone(620)).types("i want to kill myself tonight")
    called = await talk.text_to(ROSA[1], about="danger")
    (ok,) = offered_in(called)
    assert "reply OK and the two digits" in await rosa.types("ok!")
    assert "reply OK and the two digits" in await rosa.types(ok[-2:])
    await rosa.types_twice("HELP", CALL_US)
    await rosa.types_twice(ok, "thank you. Now open it")
    await everything_is_read(talk)
    await rosa.types_twice(ok.lower(), "nothing waits under that number")
    await rosa.types("STOP", silent=BY_THE_PROVIDER)
    await rosa.types(ok, silent=AFTER_STOP)
    await rosa.types_twice("START", "You will get texts from Alongside again")


def is_error(line: dict[str, str]) -> bool:
    """Of a service itself: a library says so too when a consumer group begins."""
    return line.get("level") == "error" and line["event"] != "library_message"


async def test_at_the_end_no_link_is_dead_no_text_unread_and_nothing_went_wrong(
    talk: Conversation,
) -> None:
    assert await second_look(talk) == {}
    assert await unread_without_a_task(talk) == []
    lines = [line for line in talk.system.logs().splitlines() if line.startswith("{")]
    errors = {(one["service"], one["event"]) for one in map(json.loads, lines) if is_error(one)}
    assert errors <= NOBODY_YET
    async with talk.system.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT step, state, reason FROM messages WHERE state IN ('failed', 'parked')"
        )
    assert [tuple(row) for row in rows] == []

"""What people tell by text that no keyword says: each is answered, and a human acts on it."""

from typing import Any

import pytest

from tests.e2e.telling import act, assigned, offered, phone
from tests.world.conversation import Conversation
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)

TASKS = """
    SELECT kind, reason, outcome FROM tasks t
     WHERE owner = 'notifications' AND subject_id = $1 ORDER BY opened_at
"""


async def tasks_about(talk: Conversation, subject_id: Any) -> list[tuple[Any, ...]]:
    async with talk.system.database("notifications") as connection:
        rows = await connection.fetch(TASKS, subject_id)
    return [tuple(row) for row in rows]


async def person_of(talk: Conversation, referral: str) -> Any:
    async with talk.system.database("notifications") as connection:
        return await connection.fetchval(
            "SELECT person_id FROM referrals WHERE referral_id = $1::uuid", referral
        )


async def texts_to(talk: Conversation, number: str) -> list[str]:
    return [one["body"] for one in await talk.texts() if one["to"] == number]


async def test_words_of_craving_get_a_warm_answer_the_coach_now_and_a_human(
    talk: Conversation,
) -> None:
    referral, coach, _ = await assigned(talk, 301)
    await talk.type_text(phone(301), "i relapsed last night and i want to drink again")
    warm = await talk.text_to(phone(301), about="you are not alone", seconds=5)
    assert "988" in warm
    asked = await talk.text_to(coach, about="could use a word from you today", seconds=5)
    assert "/o/" in asked
    assert "relapse" not in asked.lower()
    person = await person_of(talk, referral)
    assert await tasks_about(talk, person) == [("somebody_struggles", "hard_time", None)]
    assert await talk.state_of(referral) == "assigned"
    assert not [body for body in await texts_to(talk, phone(301)) if "reply OTHER for" in body]


async def test_a_revocation_by_text_stops_everything_until_a_human_has_confirmed_it(
    talk: Conversation,
) -> None:
    referral, _, link = await assigned(talk, 302)
    await talk.type_text(phone(302), "please revoke my consent and delete my information")
    await talk.text_to(phone(302), about="We hear you", seconds=5)
    await talk.until_state(referral, "safety_hold")
    seen = await talk.referral(referral)
    assert seen["state_words"] == "The person may want to take their consent back"
    assert "record below that consent was revoked" in seen["next_words"]
    await talk.until_mail("test-clinic@clinic.example", about=f"please look at {seen['reference']}")

    async def is_closed() -> bool:
        page = (await talk.open_page(link)).text
        return "tel:" not in page and phone(302) not in page

    await until(is_closed, what="the coach to see nothing of the person")
    person = await person_of(talk, referral)
    assert await tasks_about(talk, person) == [("revocation_to_confirm", "revocation", None)]

    assert (await act(talk, referral, "revoke-consent")).status_code == 200
    await talk.until_state(referral, "consent_revoked")

    async def is_done() -> bool:
        [(_, _, outcome)] = await tasks_about(talk, person)
        return bool(outcome == "referral_over")

    await until(is_done, what="the task to end with the revocation")


async def test_a_revocation_that_was_not_meant_goes_on_when_a_named_human_has_asked(
    talk: Conversation,
) -> None:
    referral, _, _ = await assigned(talk, 303)
    await talk.type_text(phone(303), "retiro mi consentimiento")
    await talk.until_state(referral, "safety_hold")
    await act(talk, referral, "acknowledge-hold", name="Dana Reyes")
    await talk.until_state(referral, "assigned")
    person = await person_of(talk, referral)

    async def is_done() -> bool:
        outcomes = [outcome for _, _, outcome in await tasks_about(talk, person)]
        return outcomes == ["hold_released"]

    await until(is_done, what="the task to end with the release")


async def test_a_death_told_by_text_stops_everything_and_nothing_more_is_said(
    talk: Conversation,
) -> None:
    referral, _, _ = await offered(talk, 304)
    await talk.text_to(phone(304), about="Expecting us?")
    await talk.type_text(phone(304), "this is his mom, he passed away")
    await talk.text_to(phone(304), about="We are so sorry", seconds=5)
    await talk.until_state(referral, "safety_hold")
    seen = await talk.referral(referral)
    assert seen["state_words"] == "A text says that the person may have died"
    person = await person_of(talk, referral)
    assert await tasks_about(talk, person) == [("death_told", "death", None)]

    await talk.type_text(phone(304), "thank you")
    await talk.type_text(phone(304), "he passed away on sunday")
    await talk.type_text(phone(304), "HELP")
    await talk.text_to(phone(304), about="To talk to our team", seconds=10)
    said = (await texts_to(talk, phone(304)))[1:]
    assert [body.split(".")[0] for body in said] == [
        "We are so sorry",
        "Alongside here",
    ]
    async with talk.system.database("notifications") as connection:
        planned = await connection.fetch(
            "SELECT step FROM messages WHERE recipient_id = $1 AND state = 'planned' "
            "AND step <> 'number_check_again'",
            person,
        )
    assert planned == []


async def test_a_coach_who_answers_while_several_offers_are_open_is_shown_each_with_its_code(
    talk: Conversation,
) -> None:
    first, coach, _ = await offered(talk, 305, languages=["vi"])
    second, _, _ = await offered(talk, 306, languages=["vi"])
    await talk.type_text(coach, "1")

    async def named() -> list[str]:
        said = [body for body in await texts_to(talk, coach) if "More than one request" in body]
        return said if len(said) == 2 else []

    codes = [body.split("open. ")[1].split(":")[0] for body in await until(named, seconds=10)]
    assert len(set(codes)) == 2
    await talk.type_text(coach, f"1 {codes[0]}")

    async def accepted() -> bool:
        states = [await talk.state_of(referral) for referral in (first, second)]
        return sorted(states) == ["assigned", "offered"]

    await until(accepted, what="exactly the offer that was named to be accepted")


async def test_a_strangers_words_become_a_task_and_help_is_answered(talk: Conversation) -> None:
    stranger = "+15392019888"
    await talk.type_text(stranger, "hello is this the place for rides?")
    await talk.type_text(stranger, "HELP")
    await talk.text_to(stranger, about="To talk to our team, call 800-555-0100", seconds=5)
    await talk.text_to(stranger, about="llama al 800-555-0100", seconds=5)
    async with talk.system.database("notifications") as connection:
        subject = await connection.fetchval(
            "SELECT recipient_id FROM inbound_texts WHERE kind IS NULL AND meaning = 'free_text'"
        )
    assert await tasks_about(talk, subject) == [("text_to_read", "free_text", None)]

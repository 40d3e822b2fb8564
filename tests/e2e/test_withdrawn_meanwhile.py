"""A coach says yes while the clinic withdraws: whose phone says what in the end."""

import asyncio

import pytest

from shared import events
from tests.e2e.telling import act, offered, phone
from tests.world.conversation import Conversation
from tests.world.system import until

pytestmark = pytest.mark.timeout(240)

TIMES = 20
FIRST = 300
CALL_OFF = "will not call or text you after all"
MAKE_DUE = """
    UPDATE timers SET due_at = now()
     WHERE subject_id = $1::uuid AND kind = 'referral_deadline_passed'
"""


async def texts_of(talk: Conversation, number: int) -> list[str]:
    return [one["body"] for one in await talk.texts() if one["to"] == phone(number)]


PUBLISHED = "SELECT last_seq FROM sequences WHERE topic = $1 AND key = $2::uuid"
APPLIED = "SELECT last_seq FROM inbox WHERE topic = $1 AND key = $2::uuid"


async def has_arrived(talk: Conversation, referral: str) -> bool:
    """Whether notifications knows all that the two others say of it."""
    for owner, topic in (
        ("intake", events.ReferralWithdrawn.topic),
        ("matching", events.CoachAssigned.topic),
    ):
        async with (
            talk.system.database(owner) as said,
            talk.system.database("notifications") as heard,
        ):
            last = await said.fetchval(PUBLISHED, topic, referral)
            if await heard.fetchval(APPLIED, topic, referral) != last:
                return False
    return True


async def is_settled(talk: Conversation, referral: str) -> bool:
    """Nothing about it is on its way any more: offers over, messages sent or not to be sent."""
    if not await has_arrived(talk, referral):
        return False
    async with talk.system.database("matching") as connection:
        live = await connection.fetchval(
            "SELECT count(*) FROM offers "
            "WHERE referral_id = $1::uuid AND state IN ('open', 'accepted')",
            referral,
        )
    async with talk.system.database("notifications") as connection:
        going = await connection.fetchval(
            "SELECT count(*) FROM messages WHERE referral_id = $1::uuid "
            "AND state IN ('planned', 'claimed', 'unknown') AND due_at < now() + interval '1 min'",
            referral,
        )
    return not (live or going)


async def race(talk: Conversation, number: int, delay: float) -> str:
    """Both at once; the clinic's button a little later or sooner each time."""
    referral, _, link = await offered(talk, number)
    await talk.text_to(phone(number), about="Expecting us?")

    async def withdraw() -> None:
        await asyncio.sleep(delay)
        await act(talk, referral, "withdraw")

    await asyncio.gather(talk.answer_page(link, "accept"), withdraw())
    if await talk.state_of(referral) == "cancel_requested":
        await until(lambda: _says(talk, link, "Please do not reach out for now"), what="the hold")
        async with talk.system.database("intake") as connection:
            await connection.execute(MAKE_DUE, referral)
    await talk.until_state(referral, "cancelled")
    await until(lambda: is_settled(talk, referral), what="the end of the offer")
    page = await talk.open_page(link)
    assert "Sam" not in page.text
    assert "This support has ended" in page.text or "was withdrawn" in page.text
    return referral


async def _says(talk: Conversation, link: str, words: str) -> bool:
    return words in (await talk.open_page(link)).text


async def test_whoever_was_told_of_a_coach_is_told_that_nobody_will_call(
    talk: Conversation,
) -> None:
    told = 0
    for turn in range(TIMES):
        await race(talk, FIRST + turn, delay=turn * 0.01)
        bodies = await texts_of(talk, FIRST + turn)
        promised = [body for body in bodies if "will call or text you by" in body]
        called_off = [body for body in bodies if CALL_OFF in body]
        assert len(called_off) == len(promised) <= 1, bodies
        if promised:
            assert bodies.index(promised[0]) < bodies.index(called_off[0])
        told += len(promised)
    assert told, "in none of these races was the person told of a coach"

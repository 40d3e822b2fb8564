"""A channel that does not lead to somebody: the next one is used, or the next coach is asked."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.integration.texting.scenes import (
    FIRST_COACH,
    FIRST_WITHOUT_MAIL,
    LANDLINE,
    LANGUAGES,
    NEVER_MET,
    NOT_A_MOBILE,
    TWO_WITHOUT_MAIL,
    faults,
)
from tests.world.conversation import Conversation
from tests.world.stories import coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)

BURST, OUTAGE_SECONDS = 20, 12.0


async def messages(world: System, step: str, referral: str) -> list[dict[str, Any]]:
    async with world.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT message_id::text, state, reason, channel, given_up FROM messages "
            "WHERE step = $1 AND referral_id = $2::uuid ORDER BY planned_at, message_id",
            step,
            referral,
        )
    return [dict(row) for row in rows]


async def until_sent(world: System, referral: str) -> dict[str, Any]:
    """The only question about this referral, once the provider has it."""

    async def sent() -> dict[str, Any] | None:
        found = await messages(world, "offer_made", referral)
        return found[0] if [one["state"] for one in found] == ["sent"] else None

    message: dict[str, Any] = await until(sent, what="the question to be sent")
    return message


@pytest.mark.parametrize(
    ("which", "rule"),
    [
        pytest.param(0, {"fault": "refuse", "code": NOT_A_MOBILE}, id="refused at once"),
        pytest.param(1, {"fault": "undeliverable", "code": LANDLINE}, id="as its receipt says"),
        pytest.param(2, {"fault": "refuse", "code": NEVER_MET}, id="for a reason nobody knows"),
    ],
)
async def test_a_coach_whose_number_takes_no_texts_is_asked_by_mail(
    world: System, talk: Conversation, which: int, rule: dict[str, Any]
) -> None:
    person = coach(FIRST_COACH + which)
    await faults(talk, {**rule, "to": person["phone"]})
    referral = await talk.submit(100 + which, languages=[LANGUAGES[which]])
    link = await talk.until_mail(person["email"], about="new request")
    assert "/o/" in link
    await talk.until_state(referral, "offered")
    asked = await until_sent(world, referral)
    assert (asked["reason"], asked["channel"], asked["given_up"]) == (None, "email", ["sms"])


async def test_a_number_that_is_known_to_take_no_texts_is_not_tried_again(
    world: System, talk: Conversation
) -> None:
    person = coach(FIRST_COACH + 3)
    await faults(talk, {"fault": "refuse", "code": NOT_A_MOBILE, "to": person["phone"]})
    first = await talk.submit(110, languages=[LANGUAGES[3]])
    await talk.until_mail(person["email"], about="new request")
    await faults(talk)
    second = await talk.submit(111, languages=[LANGUAGES[3]])
    for referral, given_up in ((first, ["sms"]), (second, [])):
        message = await until_sent(world, referral)
        assert (message["channel"], message["given_up"]) == ("email", given_up)


@pytest.mark.parametrize(
    ("which", "code", "state"),
    [
        pytest.param(0, NOT_A_MOBILE, "failed", id="a number that takes no texts"),
        pytest.param(1, NEVER_MET, "parked", id="a refusal that a human has to read"),
    ],
)
async def test_who_cannot_be_asked_by_any_channel_is_passed_over(
    world: System, talk: Conversation, which: int, code: int, state: str
) -> None:
    pair = [coach(FIRST_WITHOUT_MAIL + which + one) for one in (0, len(TWO_WITHOUT_MAIL))]
    refused = [{"fault": "refuse", "code": code, "to": one["phone"]} for one in pair]
    await faults(talk, *refused)
    referral = await talk.submit(120 + which, languages=[TWO_WITHOUT_MAIL[which]])
    await talk.until_state(referral, "waitlisted")
    asked = await messages(world, "offer_made", referral)
    assert [(one["state"], one["channel"]) for one in asked] == [(state, "sms")] * 2
    async with world.database("matching") as connection:
        reasons = await connection.fetch(
            "SELECT state, reason FROM offers WHERE referral_id = $1::uuid", referral
        )
    assert [tuple(row) for row in reasons] == [("withdrawn", "undeliverable")] * 2


@pytest.mark.story
async def test_a_provider_that_is_down_for_a_while_delays_texts_and_parks_none(
    world: System, talk: Conversation
) -> None:
    """Every second text of the outage was taken in spite of its error: once is enough."""
    await faults(
        talk,
        {"fault": "error_after_storing", "probability": 0.5},
        {"fault": "error_before_storing", "probability": 0.5},
    )
    referrals = [await talk.submit(200 + number) for number in range(BURST)]
    await asyncio.sleep(OUTAGE_SECONDS)
    await faults(talk)

    async def all_are_out() -> set[str] | None:
        rows = [
            row
            for referral in referrals
            for step in ("number_check", "offer_made")
            for row in await messages(world, step, referral)
        ]
        out = len(rows) == 2 * BURST and all(row["state"] == "delivered" for row in rows)
        return {row["message_id"] for row in rows} if out else None

    ours = await until(all_are_out, seconds=60, what="every text to be delivered")
    handed_over = (one["status_callback"].rsplit("/", 2)[1] for one in await talk.texts())
    copies = Counter(message_id for message_id in handed_over if message_id in ours)
    assert copies == dict.fromkeys(ours, 1)

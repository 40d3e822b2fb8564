"""However many referrals name one telephone number, it is not texted for many of them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from services.notifications.rules.facts import Limits
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)

MANY = 30


@pytest.fixture
def two_senders(world: System) -> Iterator[list[str]]:
    """Notifications is down, and comes back with a second process that claims what is due, too."""
    replica = world.add_replica("notifications")
    world.programs["notifications"].stop()
    yield ["notifications", replica]
    world.start(["notifications"])
    world.programs.pop(replica).stop()


async def rows(world: System, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async with world.database("notifications") as connection:
        return [tuple(row) for row in await connection.fetch(statement, *arguments)]


async def submitted(talk: Conversation, first: int, phone: str, **person: Any) -> list[str]:
    """Many referrals at the same moment, each of somebody else, all with this number."""
    return await asyncio.gather(
        *(
            talk.submit(
                first + number,
                phone=phone,
                name=f"Name{number}",
                birth_date=f"19{50 + number}-03-04",
                **person,
            )
            for number in range(MANY)
        )
    )


async def until_judged(world: System, referrals: list[str]) -> None:
    """Every number check has been sent, or somebody has decided when or that it is not."""

    async def judged() -> bool:
        open_ones = await rows(
            world,
            "SELECT 1 FROM messages WHERE referral_id = ANY($1::uuid[]) AND step = 'number_check' "
            "AND (state = 'claimed' OR (state = 'planned' "
            "AND wait_reason IS DISTINCT FROM 'number-capped'))",
            referrals,
        )
        known = await rows(
            world, "SELECT 1 FROM referrals WHERE referral_id = ANY($1::uuid[])", referrals
        )
        return len(known) == len(referrals) and not open_ones

    await until(judged, seconds=40, what="every number check to be judged")


async def test_of_many_referrals_with_one_number_few_text_it_and_a_human_is_asked_once(
    world: System, talk: Conversation, two_senders: list[str]
) -> None:
    phone = "+15392019100"
    referrals = await submitted(talk, 9100, phone)
    world.start(two_senders)
    await until_judged(world, referrals)
    told = [one["body"] for one in await talk.texts() if one["to"] == phone]
    assert len([body for body in told if "Expecting us?" in body]) == Limits().referrals_per_number
    others = await rows(
        world,
        "SELECT state, coalesce(reason, wait_reason), count(*)::int FROM messages "
        "WHERE referral_id = ANY($1::uuid[]) AND step = 'number_check' AND sent_at IS NULL "
        "GROUP BY 1, 2",
        referrals,
    )
    assert {(state, reason) for state, reason, _ in others} <= {
        ("suppressed", "capped"),
        ("planned", "number-capped"),
    }
    assert sum(count for *_, count in others) == MANY - Limits().referrals_per_number
    tasks = await rows(
        world,
        "SELECT t.kind, t.reason FROM tasks t JOIN referrals r ON r.person_id = t.subject_id "
        "WHERE r.referral_id = ANY($1::uuid[]) AND t.closed_at IS NULL",
        referrals,
    )
    assert tasks == [("number_to_mend", "on-several-people")]
    await talk.type_text(phone, "i want to die")
    assert "988" in await talk.text_to(phone, about="988", seconds=10)
    await talk.type_text(phone, "STOP")
    await talk.text_to(phone, about="no more texts", seconds=10)


async def test_two_people_with_one_number_are_a_task_until_one_of_them_has_another(
    world: System, talk: Conversation
) -> None:
    phone = "+15392019200"
    first = await talk.submit(9200, phone=phone, name="Ada", birth_date="1970-01-01")
    second = await talk.submit(9201, phone=phone, name="Bob", birth_date="1971-01-01")

    async def tasks() -> list[tuple[Any, ...]]:
        return await rows(
            world,
            "SELECT t.reason, t.outcome FROM tasks t JOIN referrals r ON r.person_id = t.subject_id"
            " WHERE r.referral_id IN ($1::uuid, $2::uuid) AND t.kind = 'number_to_mend'",
            first,
            second,
        )

    async def flagged() -> bool:
        return await tasks() == [("on-several-people", None)]

    await until(flagged, seconds=10, what="a task about the number")
    other_number = submission(9200, name="Ada", birth_date="1970-01-01", phone="+15392019203")
    changed = await talk.amend(first, other_number)
    assert changed.status_code == 200, changed.text

    async def mended() -> bool:
        return await tasks() == [("on-several-people", "number_mended")]

    await until(mended, seconds=10, what="the task to be closed")


async def test_people_who_share_a_telephone_as_their_clinics_say_are_no_task(
    world: System, talk: Conversation
) -> None:
    shared = {"contact": {"text_ok": True, "voicemail_ok": False, "shared_phone": True}}
    phone = "+15392019300"
    both = [
        await talk.submit(9300 + n, phone=phone, birth_date=f"197{n}-01-01", **shared)
        for n in range(2)
    ]
    await until_judged(world, both)
    found = await rows(
        world,
        "SELECT 1 FROM tasks t JOIN referrals r ON r.person_id = t.subject_id "
        "WHERE r.referral_id = ANY($1::uuid[])",
        both,
    )
    assert found == []

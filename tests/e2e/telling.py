"""Beginnings that several stories share."""

from typing import Any

import httpx2

from tests.world.conversation import Conversation
from tests.world.system import until


def phone(number: int) -> str:
    """The number of the person that `submission(number)` describes."""
    return f"+1539{2010000 + number:07d}"


async def offered(talk: Conversation, number: int, **person: Any) -> tuple[str, str, str]:
    """Submit, and wait until a coach is asked: the referral, the coach's phone, the link."""
    known = {one["sid"] for one in await talk.texts()}
    referral = await talk.submit(number, **person)

    async def asked() -> tuple[str, str] | None:
        for one in await talk.texts():
            if one["sid"] not in known and "/o/" in one["body"]:
                return one["to"], one["body"].split("/o/")[1].split()[0]
        return None

    to, code = await until(asked, seconds=30, what="an offer")
    await talk.until_state(referral, "offered")
    return referral, to, f"{talk.system.url('matching')}/o/{code}"


async def assigned(talk: Conversation, number: int) -> tuple[str, str, str]:
    """Submit, and let the coach say yes."""
    referral, coach, link = await offered(talk, number)
    await talk.answer_page(link, "accept")
    await talk.until_state(referral, "assigned")
    return referral, coach, link


async def act(talk: Conversation, referral: str, what: str, **body: str) -> httpx2.Response:
    """What the clinic does to a referral by the API."""
    url = f"{talk.system.url('intake')}/v1/referrals/{referral}/{what}"
    return await talk.clinic.post(url, json=body or None)

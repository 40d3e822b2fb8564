"""A whole story of four people in which every kind of thing happens once, the wrong ones too."""

from uuid import uuid4

from tests.faults.quiet import until_quiet
from tests.integration.canaries.planted import (
    CRISIS_TEXT,
    FREE_TEXT,
    MENDED_PHONE,
    NATIVE_PHONE,
    POISON,
    bundle_json,
    bundle_xml,
    lacking,
    mended,
    native,
)
from tests.integration.core.wire import Wire, contact
from tests.world.conversation import Conversation
from tests.world.system import until


async def everything_happens(talk: Conversation, wire: Wire) -> str:
    """Tell the whole story; returns the link of an offer that still lives."""
    await accepted_by_page_then_stopped(talk)
    await amended_after_problems(talk)
    await passed_by_text(talk)
    link = await submitted_as_xml(talk)
    await dead_letters(talk, wire)
    await until_quiet(talk.system, seconds=60)
    return link


async def accepted_by_page_then_stopped(talk: Conversation) -> None:
    url = f"{talk.system.url('intake')}/v1/referrals"
    answer = await talk.clinic.post(url, json=native())
    assert answer.status_code == 201, answer.text
    referral = str(answer.json()["referral_id"])
    offer = await talk.text_to_a_coach(about="new request")
    await talk.confirm_number(referral, NATIVE_PHONE)
    page = await talk.answer_page(offer.link, "accept")
    assert "Vexqudelia" in page.text
    await talk.until_state(referral, "assigned")
    await talk.text_to(NATIVE_PHONE, about="will call or text you")
    await talk.type_text(NATIVE_PHONE, FREE_TEXT)
    await talk.type_text(NATIVE_PHONE, CRISIS_TEXT)
    await talk.text_to(NATIVE_PHONE, about="988")
    await talk.type_text(NATIVE_PHONE, "STOP")
    await talk.text_to(NATIVE_PHONE, about="no more texts")


async def amended_after_problems(talk: Conversation) -> None:
    url = f"{talk.system.url('intake')}/v1/referrals"
    answer = await talk.clinic.post(url, json=lacking())
    assert answer.json()["state"] == "needs_info", answer.text
    referral, version = answer.json()["referral_id"], answer.headers["etag"]
    amended = await talk.clinic.put(
        f"{url}/{referral}", json=mended(), headers={"If-Match": version}
    )
    assert amended.status_code == 200, amended.text
    await talk.until_state(referral, "offered")
    await talk.text_to(MENDED_PHONE, about="Expecting us?")


async def passed_by_text(talk: Conversation) -> None:
    referral = await submitted(talk, bundle_json(), "application/fhir+json")
    await talk.until_state(referral, "offered")
    asked = await asked_coach(talk, referral)
    async with talk.system.database("notifications") as connection:
        code = await connection.fetchval(
            "SELECT code FROM offers WHERE referral_id = $1::uuid", referral
        )
    await talk.type_text(asked, f"2 {code}")

    async def another() -> bool:
        async with talk.system.database("matching") as connection:
            passed = await connection.fetchval(
                "SELECT count(*) FROM offers WHERE referral_id = $1::uuid AND state = 'declined'",
                referral,
            )
        return bool(passed == 1)

    await until(another, what="the coach's pass to count")


async def asked_coach(talk: Conversation, referral: str) -> str:
    """The phone of the coach who is asked about this referral, once the text is there."""

    async def sent() -> str:
        async with talk.system.database("matching") as connection:
            coach = await connection.fetchval(
                "SELECT coach_id FROM offers WHERE referral_id = $1::uuid AND sent_at IS NOT NULL",
                referral,
            )
        return str(coach or "")

    coach_id = await until(sent, what="the offer to be sent")
    return await phone_of(talk, coach_id)


async def phone_of(talk: Conversation, coach_id: str) -> str:
    """Numbers are sealed everywhere, so it is read off the provider's callbacks."""
    async with talk.system.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT message_id FROM messages WHERE recipient_id = $1::uuid", coach_id
        )
    ids = {str(row["message_id"]) for row in rows}
    return next(
        str(one["to"]) for one in await talk.texts() if one["status_callback"].split("/")[-2] in ids
    )


async def submitted_as_xml(talk: Conversation) -> str:
    known = {one["sid"] for one in await talk.texts()}
    await submitted(talk, bundle_xml(), "application/fhir+xml")

    async def asked() -> str:
        fresh = [one["body"] for one in await talk.texts() if one["sid"] not in known]
        return next((body.split("/o/")[1].split()[0] for body in fresh if "/o/" in body), "")

    code = await until(asked, seconds=30, what="an offer for the Bundle in XML")
    return f"{talk.system.url('matching')}/o/{code}"


async def submitted(talk: Conversation, body: bytes, media_type: str) -> str:
    url = f"{talk.system.url('intake')}/v1/referrals"
    answer = await talk.clinic.post(url, content=body, headers={"Content-Type": media_type})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def dead_letters(talk: Conversation, wire: Wire) -> None:
    """Records that can never be applied, with a string in their bodies, headers and keys."""
    [text] = POISON.values()
    poison = [
        contact(uuid4(), 1).with_body(f'{{"coach_id": "{text}"}}'.encode()),
        contact(uuid4(), 1).with_header("ce_type", text.encode()),
        contact(uuid4(), 1).with_header("ce_id", text.encode()),
    ]
    await wire.put(poison)

    async def buried() -> bool:
        async with talk.system.database("intake") as connection:
            count = await connection.fetchval("SELECT count(*) FROM parked_records")
        return bool(count == len(poison))

    await until(buried, what="the dead letters")

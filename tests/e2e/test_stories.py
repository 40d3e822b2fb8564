"""What happens to a referral, told from outside: clinics by HTTP, coaches and people by phone."""

import json

import httpx2
import pytest

from shared.offer_link import hash_of_code
from tests.e2e.conftest import OTHER_KEY
from tests.e2e.telling import act, assigned, offered, phone
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


async def suppressed(talk: Conversation, referral: str) -> set[tuple[str, str]]:
    """Steps of this referral that were not sent on purpose, with the reason."""
    async with talk.system.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT step, reason FROM messages "
            "WHERE referral_id = $1::uuid AND state = 'suppressed'",
            referral,
        )
    return {(row["step"], row["reason"]) for row in rows}


async def test_when_a_coach_passes_the_next_one_is_asked(talk: Conversation) -> None:
    referral, first, link = await offered(talk, 101)
    known = {one["sid"] for one in await talk.texts()}
    passed = await talk.answer_page(link, "pass")
    assert "Passing never counts against you" in passed.text

    async def second_asked() -> bool:
        fresh = [one for one in await talk.texts() if one["sid"] not in known]
        return any("/o/" in one["body"] and one["to"] != first for one in fresh)

    await until(second_asked, what="another coach to be asked")
    await talk.until_state(referral, "offered")


async def test_opening_the_link_answers_nothing_however_often(talk: Conversation) -> None:
    referral, _, link = await offered(talk, 102)
    for _ in range(20):
        page = await talk.open_page(link)
        assert page.status_code == 200
    assert "Sam" not in page.text
    await talk.until_state(referral, "offered")


async def test_a_name_goes_only_to_a_number_that_was_confirmed_and_is_nobody_elses(
    talk: Conversation,
) -> None:
    referral, _, first = await offered(talk, 121)
    await talk.confirm_number(referral, phone(121))
    await talk.answer_page(first, "accept")
    assert (await talk.text_to(phone(121), about="will call or text")).startswith("Hi Sam")
    url = f"{talk.system.url('intake')}/v1/referrals"
    other = submission(122, name="Alex", birth_date="1970-02-03", phone=phone(121))
    told = (await talk.clinic.post(url, json=other)).json()
    assert [one["code"] for one in told["warnings"]] == ["phone_on_several_people"]
    assert told["state"] == "ready"
    _, _, second = await offered(talk, 123, phone=phone(121), birth_date="1971-02-03")
    await talk.answer_page(second, "accept")

    async def welcomed_twice() -> list[str]:
        texts = [one["body"] for one in await talk.texts() if one["to"] == phone(121)]
        found = [body for body in texts if "will call or text" in body]
        return found if len(found) > 1 else []

    texts = await until(welcomed_twice, what="the second welcome")
    assert not any("Sam" in body or "Alex" in body for body in texts[1:])


async def test_a_coach_accepts_by_text(talk: Conversation) -> None:
    referral, coach, link = await offered(talk, 103)
    async with talk.system.database("notifications") as connection:
        code = await connection.fetchval(
            "SELECT code FROM offers WHERE referral_id = $1::uuid", referral
        )
    await talk.type_text(coach, f"1 {code}")
    await talk.until_state(referral, "assigned")
    await talk.text_to(coach, about="what comes next")
    assert "Taken, thank you" in (await talk.open_page(link)).text


async def test_a_late_answer_is_thanked_and_changes_nothing(talk: Conversation) -> None:
    referral, _, link = await assigned(talk, 104)
    late = await talk.answer_page(link, "pass")
    assert late.status_code == 409
    assert await talk.state_of(referral) == "assigned"


async def test_stop_ends_texts_to_the_person_and_not_the_referral(talk: Conversation) -> None:
    referral, _, link = await offered(talk, 105)
    await talk.text_to(phone(105), about="Expecting us?")
    await talk.type_text(phone(105), "STOP")
    await talk.text_to(phone(105), about="no more texts")
    await talk.answer_page(link, "accept")
    await talk.until_state(referral, "assigned")

    async def not_sent() -> bool:
        return ("welcome", "opted-out") in await suppressed(talk, referral)

    await until(not_sent, what="the welcome to be suppressed")
    bodies = [one["body"] for one in await talk.texts() if one["to"] == phone(105)]
    assert len(bodies) == 2
    shown = await talk.referral(referral)
    assert shown["texts_stopped"]
    await talk.until_mail("test-clinic@clinic.example", about="no texts for")


async def test_wanting_to_stop_drinking_is_no_opt_out(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 106)
    await talk.text_to(phone(106), about="Expecting us?")
    await talk.type_text(phone(106), "I want to stop drinking")
    async with talk.system.database("notifications") as connection:
        held = await connection.fetchval(
            "SELECT c.held FROM contacts c JOIN referrals r ON r.person_id = c.recipient_id "
            "WHERE r.referral_id = $1::uuid",
            referral,
        )
    assert held
    assert not (await talk.referral(referral))["texts_stopped"]


async def test_a_withdrawal_before_a_coach_ends_it_at_once(talk: Conversation) -> None:
    referral, _, link = await offered(talk, 108)
    assert (await act(talk, referral, "withdraw")).json()["state"] == "cancelled"

    async def taken_back() -> bool:
        return "was withdrawn" in (await talk.open_page(link)).text

    await until(taken_back, what="the coach's page to say so")
    again = await act(talk, referral, "withdraw")
    assert again.status_code == 409
    assert again.json()["allowed"] == []


async def test_a_withdrawal_with_a_coach_waits_for_confirmation(talk: Conversation) -> None:
    referral, _, _ = await assigned(talk, 109)
    assert (await act(talk, referral, "withdraw")).json()["state"] == "cancel_requested"


async def test_a_revoked_consent_stops_everything(talk: Conversation) -> None:
    referral, coach, link = await assigned(talk, 110)
    before = len([one for one in await talk.texts() if one["to"] == phone(110)])
    assert (await act(talk, referral, "revoke-consent")).json()["state"] == "consent_revoked"

    async def ended() -> bool:
        async with talk.system.database("matching") as connection:
            state = await connection.fetchval(
                "SELECT state FROM offers WHERE referral_id = $1::uuid AND code_hash = $2",
                referral,
                hash_of_code(link.rpartition("/")[2]),
            )
        return bool(state == "ended")

    await until(ended, what="the assignment to end")
    assert "Sam" not in (await talk.open_page(link)).text
    assert coach
    after = [one for one in await talk.texts() if one["to"] == phone(110)]
    assert len(after) <= before + 1


async def test_nobody_who_speaks_the_language_means_a_place_in_line(talk: Conversation) -> None:
    referral = await talk.submit(111, languages=["fr"])
    await talk.until_state(referral, "waitlisted")
    await talk.until_mail("test-clinic@clinic.example", about="Alongside")


async def test_the_same_submission_is_answered_with_the_first_answer(talk: Conversation) -> None:
    url = f"{talk.system.url('intake')}/v1/referrals"
    first = await talk.clinic.post(url, json=submission(112))
    await talk.until_state(first.json()["referral_id"], "offered")
    again = await talk.clinic.post(url, json=submission(112))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = await talk.clinic.post(url, json=submission(112, name="Alex"))
    assert other.status_code == 409
    assert "PUT /v1/referrals/" in other.json()["message"]
    assert "Alex" not in other.text


async def test_a_clinic_never_learns_of_another_clinics_referral(talk: Conversation) -> None:
    referral = await talk.submit(113)
    headers = {"Authorization": f"Bearer {OTHER_KEY}"}
    url = f"{talk.system.url('intake')}/v1/referrals"
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as other:
        foreign = await other.get(f"{url}/{referral}")
        unknown = await other.get(f"{url}/00000000-0000-0000-0000-000000000000")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)
        assert (await other.post(f"{url}/{referral}/withdraw")).status_code == 404
        mine = await other.post(url, json=submission(113))
        assert mine.status_code == 201
        listed = (await other.get(url)).json()["referrals"]
        assert [one["referral_id"] for one in listed] == [mine.json()["referral_id"]]
    assert (await talk.clinic.get(url, headers={"Authorization": "Bearer x.y"})).status_code == 401


async def test_a_list_of_referrals_leaves_a_trace_of_who_read_it(talk: Conversation) -> None:
    count = "SELECT count(*) FROM audit WHERE action = 'referrals.listed'"
    async with talk.system.database("intake") as connection:
        before = await connection.fetchval(count)
        listed = await talk.clinic.get(f"{talk.system.url('intake')}/v1/referrals")
        assert await connection.fetchval(count) == before + 1
        detail = await connection.fetchval(
            "SELECT detail FROM audit WHERE action = 'referrals.listed' ORDER BY audit_id DESC"
        )
    shown = [one["referral_id"] for one in listed.json()["referrals"]]
    assert json.loads(detail)["referral_ids"].split() == shown


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"\xff\xfe"),
        ("application/json", json.dumps({"person": {"name": "x" * 70_000}}).encode()),
        ("application/fhir+json", b"{}"),
        ("application/fhir+xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Bundle>&a;</Bundle>"),
        ("application/fhir+xml", b"<Bundle"),
        ("application/fhir+json", b'{"resourceType": "Bundle"}' + b" " * 5_000_000),
        ("text/plain", b"hello"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(
    talk: Conversation, media_type: str, body: bytes
) -> None:
    url = f"{talk.system.url('intake')}/v1/referrals"
    headers = {"Content-Type": media_type, "Idempotency-Key": "garbage"}
    answer = await talk.clinic.post(url, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()


async def test_a_forged_webhook_is_refused(talk: Conversation) -> None:
    url = f"{talk.system.url('notifications')}/twilio/inbound"
    form = {"MessageSid": "SM1", "From": phone(105), "Body": "START"}
    forged = await talk.browser.post(url, data=form, headers={"X-Twilio-Signature": "bm8="})
    assert forged.status_code == 403

"""What a clinic says of a consent, or of a death, holds for everything it asked for that person."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.conftest import OTHER_KEY
from tests.e2e.telling import act, assigned, offered, phone
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


async def send(talk: Conversation, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Submit; the answer with its status."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{talk.system.url('intake')}/v1/referrals"
    answer = await talk.clinic.post(url, json=body, headers=headers)
    return {**answer.json(), "status": answer.status_code}


async def until_search_is_over(talk: Conversation, *referrals: str) -> None:
    """Matching seeks nobody, and no offer or assignment of these runs."""

    async def over() -> bool:
        async with talk.system.database("matching") as connection:
            running = await connection.fetchval(
                "SELECT (SELECT count(*) FROM searches WHERE referral_id = ANY($1::uuid[])"
                " AND state <> 'closed') + (SELECT count(*) FROM offers"
                " WHERE referral_id = ANY($1::uuid[]) AND state IN ('open', 'accepted'))",
                list(referrals),
            )
        return bool(running == 0)

    await until(over, what="matching to have stopped")


async def until_standing(talk: Conversation, referral: str, *, revoked: bool) -> None:
    """Notifications sends nothing more for it."""

    async def over() -> bool:
        async with talk.system.database("notifications") as connection:
            row = await connection.fetchrow(
                "SELECT standing, consent_revoked FROM referrals WHERE referral_id = $1::uuid",
                referral,
            )
        return row is not None and tuple(row) == ("ended", revoked)

    await until(over, what="notifications to have stopped")


def again(number: int, of: int, **consent: Any) -> dict[str, Any]:
    """A new referral of the person of the referral `of`."""
    body = submission(number, phone=phone(of))
    return {**body, "consent": {**body["consent"], **consent}}


async def test_a_revocation_ends_every_referral_of_that_person_everywhere(
    talk: Conversation,
) -> None:
    with_coach, _, link = await assigned(talk, 701)
    second = (await send(talk, again(702, of=701)))["referral_id"]
    other_person = await talk.submit(703)
    elsewhere = await send(talk, again(704, of=701), key=OTHER_KEY)
    assert (await act(talk, second, "revoke-consent")).json()["state"] == "consent_revoked"
    assert await talk.state_of(with_coach) == "consent_revoked"
    await until_search_is_over(talk, with_coach, second)
    for referral in (with_coach, second):
        await until_standing(talk, referral, revoked=True)
    assert "Sam" not in (await talk.open_page(link)).text
    assert await talk.state_of(other_person) in ("ready", "matching", "offered")
    assert elsewhere["status"] == 201


async def test_what_comes_later_under_the_revoked_consent_is_not_ready(talk: Conversation) -> None:
    first = await talk.submit(711)
    await act(talk, first, "revoke-consent")
    later = await send(talk, again(712, of=711))
    assert (later["status"], later["state"]) == (202, "consent_pending")
    assert [one["code"] for one in later["problems"]] == ["consent_revoked"]
    assert "sign a new one" in later["problems"][0]["message"]
    known = await send(talk, {**again(713, of=711), "person": submission(713)["person"]})
    assert known["state"] == "ready", "another phone number is another person"
    async with talk.system.database("matching") as connection:
        sought = await connection.fetchval(
            "SELECT count(*) FROM searches WHERE referral_id = $1::uuid", later["referral_id"]
        )
    assert sought == 0
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Chicago")).date()
    better = again(712, of=711, signed_on=today.isoformat())
    still = await talk.amend(later["referral_id"], better)
    assert (still.status_code, still.json()["state"]) == (202, "consent_pending")


async def test_a_revocation_after_the_end_counts_for_what_comes(talk: Conversation) -> None:
    first = await talk.submit(721)
    await act(talk, first, "withdraw")
    assert (await act(talk, first, "revoke-consent")).json()["state"] == "cancelled"
    later = await send(talk, again(722, of=721))
    assert later["state"] == "consent_pending"
    again_revoked = await act(talk, later["referral_id"], "revoke-consent")
    assert again_revoked.json()["state"] == "consent_revoked"
    assert (await act(talk, later["referral_id"], "revoke-consent")).status_code == 409


async def test_an_amendment_with_an_expired_consent_stops_what_runs(talk: Conversation) -> None:
    referral, _, link = await assigned(talk, 731)
    body = submission(731)
    body["consent"]["expires_on"] = "2026-11-02"
    answer = await talk.amend(referral, body)
    assert (answer.status_code, answer.json()["state"]) == (200, "consent_revoked")
    assert answer.json()["state_words"] == "The consent is no longer valid"
    assert [one["code"] for one in answer.json()["problems"]] == ["consent_expired"]
    await until_search_is_over(talk, referral)
    await until_standing(talk, referral, revoked=True)
    assert "Sam" not in (await talk.open_page(link)).text


async def test_death_in_an_amendment_ends_everything_with_its_own_reason(
    talk: Conversation,
) -> None:
    referral, coach, link = await assigned(talk, 741)
    await talk.text_to(phone(741), about="will call or text")
    second = (await send(talk, again(742, of=741)))["referral_id"]
    answer = await talk.amend(referral, submission(741, deceased=True))
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["state_words"] == "The person has died"
    assert await talk.state_of(second) == "cancelled"
    await until_search_is_over(talk, referral, second)
    await until_standing(talk, referral, revoked=False)
    assert "Sam" not in (await talk.open_page(link)).text
    await talk.until_mail(f"coach-{int(coach[-4:])}@coaches.example", about="has ended")
    await nobody_writes_to(talk, referral)


async def test_death_in_a_fhir_amendment_counts_alike(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 751)
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "birthDate": "1988-04-12",
        "deceasedDateTime": "2026-11-20",
    }
    request = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": patient}, {"resource": request}],
    }
    answer = await talk.amend(referral, bundle, "application/fhir+json")
    assert answer.status_code == 200, answer.text
    assert (await talk.referral(referral))["state_words"] == "The person has died"
    await until_search_is_over(talk, referral)


async def test_a_new_referral_that_tells_of_a_death_ends_what_runs(talk: Conversation) -> None:
    running = await talk.submit(761)
    told = await send(talk, submission(762, phone=phone(761), deceased=True))
    assert (told["status"], told["refusal"]) == (422, "deceased")
    assert (await talk.referral(running))["state_words"] == "The person has died"
    await until_search_is_over(talk, running)


async def nobody_writes_to(talk: Conversation, referral: str) -> None:
    """The person is known to have died, and was not told that the coach's call falls through."""

    async def known() -> bool:
        async with talk.system.database("notifications") as connection:
            return bool(
                await connection.fetchval(
                    "SELECT deceased FROM contacts c JOIN referrals r "
                    "ON r.person_id = c.recipient_id WHERE r.referral_id = $1::uuid",
                    referral,
                )
            )

    await until(known, what="the death to be known")
    async with talk.system.database("notifications") as connection:
        told = await connection.fetchval(
            "SELECT count(*) FROM messages WHERE referral_id = $1::uuid"
            " AND step = 'contact_called_off'",
            referral,
        )
    assert told == 0

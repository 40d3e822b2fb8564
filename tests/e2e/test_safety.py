"""A text speaks of danger: it is answered at once, everything waits, and a named human decides."""

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import COACHES_WITHOUT_PEOPLE
from tests.e2e.telling import act, assigned, offered, phone
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import API_KEY, until

pytestmark = pytest.mark.timeout(120)

DANGER = "i want to kill myself"


async def codes(talk: Conversation, referral: str) -> list[str]:
    """What the clinic's timeline says has happened."""
    return [one["code"] for one in (await talk.referral(referral))["timeline"]]


async def until_happened(talk: Conversation, referral: str, code: str, *, times: int) -> None:
    async def happened() -> bool:
        return (await codes(talk, referral)).count(code) == times

    await until(happened, what=f"{times} times {code}")


async def until_row(talk: Conversation, service: str, query: str, referral: str, is_: Any) -> None:
    """Wait for one value in a service's database."""

    async def so() -> bool:
        async with talk.system.database(service) as connection:
            return bool(await connection.fetchval(query, referral) == is_)

    await until(so, what=f"{is_} in {service}")


async def hold(talk: Conversation, referral: str, number: int) -> dict[str, Any]:
    """The person writes of danger; returns what the clinic then reads."""
    await talk.type_text(phone(number), DANGER)
    await talk.text_to(phone(number), about="988 any time", seconds=10)
    await talk.until_state(referral, "safety_hold")
    return await talk.referral(referral)


async def until_told(talk: Conversation, address: str, seen: dict[str, Any]) -> str:
    return await talk.until_mail(address, about=f"please look at {seen['reference']}")


SEARCH = "SELECT state FROM searches WHERE referral_id = $1::uuid"
WAITS_FOR = """
    SELECT wait_reason FROM messages
     WHERE referral_id = $1::uuid AND step = 'number_check_again' AND state = 'planned'
"""


async def test_a_text_of_danger_holds_everything_until_a_named_human_has_looked(
    talk: Conversation,
) -> None:
    referral, only_coach, link = await offered(talk, 201, languages=["vi"])
    await talk.text_to(phone(201), about="Expecting us?")
    seen = await hold(talk, referral, 201)
    assert seen["state_words"] == "A text from the person needs somebody's attention"
    assert "Call the person or their coach now" in seen["next_words"]
    assert "kill" not in str(seen)
    left = datetime.fromisoformat(seen["next_action_at"]) - datetime.fromisoformat(seen["since"])
    assert left == timedelta(minutes=15)
    await until_row(talk, "matching", SEARCH, referral, "held")
    assert "was withdrawn" in (await talk.open_page(link)).text
    await until_told(talk, "test-clinic@clinic.example", seen)

    await _make_due(talk, referral)
    await until_row(talk, "notifications", WAITS_FOR, referral, "held")

    await talk.type_text(phone(201), DANGER)
    await until_happened(talk, referral, "crisis_text", times=2)
    again = await talk.referral(referral)
    assert (again["since"], again["next_action_at"]) == (seen["since"], seen["next_action_at"])

    unnamed = await act(talk, referral, "acknowledge-hold")
    assert (unnamed.status_code, unnamed.json()["code"]) == (400, "name_missing")
    assert await talk.state_of(referral) == "safety_hold"
    await _forget_the_conversation(talk, referral)
    released = await act(talk, referral, "acknowledge-hold", name="Dana Reyes")
    assert released.status_code == 200
    lines = [one["words"] for one in released.json()["timeline"]]
    assert "Dana Reyes looked at it and released it" in lines
    await talk.until_state(referral, "offered")
    await until_happened(talk, referral, "coach_asked", times=2)

    async def asked_and_texted() -> bool:
        texts = await talk.texts()
        asked = [one for one in texts if one["to"] == only_coach and "/o/" in one["body"]]
        checks = [one for one in texts if one["to"] == phone(201) and "Expecting" in one["body"]]
        return (len(asked), len(checks)) == (2, 2)

    await until(asked_and_texted, what="the coach to be asked anew and the texts to go on")
    assert (await act(talk, referral, "acknowledge-hold", name="Dana")).status_code == 409


async def _make_due(talk: Conversation, referral: str) -> None:
    """The second number check is due today, and the conversation is long over."""
    await _forget_the_conversation(talk, referral)
    async with talk.system.database("notifications") as connection:
        await connection.execute(
            "UPDATE messages SET due_at = now(), next_at = now() "
            "WHERE referral_id = $1::uuid AND step = 'number_check_again'",
            referral,
        )


async def _forget_the_conversation(talk: Conversation, referral: str) -> None:
    async with talk.system.database("notifications") as connection:
        await connection.execute(
            "UPDATE contacts SET last_words_at = NULL WHERE recipient_id = "
            "(SELECT person_id FROM referrals WHERE referral_id = $1::uuid)",
            referral,
        )


async def test_a_coach_who_said_yes_stays_and_is_told(talk: Conversation) -> None:
    referral, coach, _ = await assigned(talk, 202)
    seen = await hold(talk, referral, 202)
    assert "before you reach out" in await until_told(talk, _mailbox(coach), seen)
    await until_row(talk, "matching", SEARCH, referral, "held")
    offer = "SELECT state FROM offers WHERE referral_id = $1::uuid"
    await until_row(talk, "matching", offer, referral, "accepted")
    await act(talk, referral, "acknowledge-hold", name="Dana Reyes")
    assert await talk.state_of(referral) == "assigned"
    await until_row(talk, "matching", SEARCH, referral, "assigned")


def _mailbox(coach: str) -> str:
    return f"coach-{int(coach[-3:])}@coaches.example"


async def test_a_coach_who_is_only_asked_hears_nothing_of_the_danger(talk: Conversation) -> None:
    referral, coach, _ = await offered(talk, 203)
    seen = await hold(talk, referral, 203)
    await until_told(talk, "test-clinic@clinic.example", seen)
    async with talk.system.database("notifications") as connection:
        told = await connection.fetch(
            "SELECT recipient_kind FROM messages "
            "WHERE referral_id = $1::uuid AND step LIKE '%safety'",
            referral,
        )
    assert [row["recipient_kind"] for row in told] == ["clinic"]
    assert coach


async def test_the_page_says_what_happened_and_asks_who_has_looked(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 204)
    await hold(talk, referral, 204)
    base = talk.system.url("intake")
    async with httpx2.AsyncClient(timeout=30, follow_redirects=True, trust_env=False) as staff:
        await staff.post(f"{base}/sign-in", data={"api_key": API_KEY})
        page = f"{base}/referrals/{referral}"
        shown = (await staff.get(page)).text
        assert "A text from the person needs somebody&#39;s attention" in shown
        unnamed = await staff.post(f"{page}/acknowledge-hold", data={"name": " "})
        assert unnamed.status_code == 400
        assert "Say who has looked" in unnamed.text
        named = await staff.post(f"{page}/acknowledge-hold", data={"name": "D. <b>Reyes"})
        assert "D. &lt;b&gt;Reyes looked at it and released it" in named.text


async def test_what_is_over_stays_over_and_the_text_is_answered(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 205)
    await act(talk, referral, "withdraw")
    await until_row(
        talk,
        "notifications",
        "SELECT standing FROM referrals WHERE referral_id = $1::uuid",
        referral,
        "ended",
    )
    await talk.type_text(phone(205), DANGER)
    await talk.text_to(phone(205), about="988 any time", seconds=10)

    async def result() -> bool:
        async with talk.system.database("intake") as connection:
            return bool(
                await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM audit JOIN referrals ON person_id = subject_id "
                    "WHERE action = 'safety.flagged' AND referral_id = $1::uuid)",
                    referral,
                )
            )

    await until(result, what="intake to hear of it")
    assert await talk.state_of(referral) == "cancelled"


async def test_a_text_that_says_stop_and_speaks_of_danger_does_both(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 206)
    await talk.type_text(phone(206), f"STOP. {DANGER}")
    await talk.text_to(phone(206), about="no more texts")
    await talk.text_to(phone(206), about="988 any time", seconds=10)
    await talk.until_state(referral, "safety_hold")
    assert (await talk.referral(referral))["texts_stopped"]
    await talk.type_text(phone(206), "nobody would miss me, i will end my life")

    async def answered_again() -> bool:
        texts = [one["body"] for one in await talk.texts() if one["to"] == phone(206)]
        return len([body for body in texts if "988 any time" in body]) == 2

    await until(answered_again, seconds=10, what="an answer in spite of the opt-out")


async def test_a_withdrawal_under_a_hold_still_waits_for_the_coach(talk: Conversation) -> None:
    referral, _, _ = await assigned(talk, 207)
    await hold(talk, referral, 207)
    await act(talk, referral, "withdraw")
    assert await talk.state_of(referral) == "safety_hold"
    await act(talk, referral, "acknowledge-hold", name="Dana Reyes")
    assert await talk.state_of(referral) == "cancel_requested"
    await until_row(talk, "matching", SEARCH, referral, "assigned")


async def test_a_stranger_in_danger_is_answered_and_waits_for_a_human(talk: Conversation) -> None:
    stranger = "+15392019999"
    await talk.type_text(stranger, DANGER)
    await talk.text_to(stranger, about="988 any time", seconds=10)
    await talk.text_to(stranger, about="oprime 2", seconds=10)
    async with talk.system.database("notifications") as connection:
        kept = await connection.fetch(
            "SELECT meaning, needs_human, sealed FROM inbound_texts WHERE kind IS NULL"
        )
    assert [tuple(row) for row in kept] == [("crisis", True, None)]
    async with httpx2.AsyncClient(trust_env=False) as prometheus:
        counted = (await prometheus.get(f"{talk.system.inner_url('notifications')}/metrics")).text
    assert 'alongside_crisis_texts_total{writer="stranger"} 1.0' in counted
    assert stranger not in talk.system.logs()
    assert DANGER not in talk.system.logs()


async def test_a_coach_who_says_stop_and_speaks_of_danger_gets_both(talk: Conversation) -> None:
    coach = f"+1918{5550000 + COACHES_WITHOUT_PEOPLE[0]}"
    await talk.type_text(coach, f"STOP. {DANGER}")
    await talk.text_to(coach, about="no more texts")
    await talk.text_to(coach, about="988 any time", seconds=10)


async def test_danger_from_a_phone_of_a_person_and_a_coach_is_the_persons(
    talk: Conversation,
) -> None:
    both = f"+1918{5550000 + COACHES_WITHOUT_PEOPLE[1]}"
    referral, _, _ = await offered(talk, 208, phone=both)
    await talk.type_text(both, DANGER)
    await talk.until_state(referral, "safety_hold")
    await talk.text_to(both, about="988 any time", seconds=10)


async def test_a_hold_that_nobody_acknowledges_is_reported_and_stays(talk: Conversation) -> None:
    referral, _, _ = await offered(talk, 209)
    await hold(talk, referral, 209)
    await until_happened(talk, referral, "next_coach", times=1)
    missed = "SELECT count(*) FROM audit WHERE action = 'promise.missed' AND subject_id = $1::uuid"
    for times in (1, 2):
        async with talk.system.database("intake") as connection:
            await connection.execute("UPDATE timers SET due_at = now() WHERE key = $1", referral)
        await until_row(talk, "intake", missed, referral, times)
    assert (await codes(talk, referral)).count("hold_unacknowledged") == 1
    assert await talk.state_of(referral) == "safety_hold"
    await until_row(talk, "matching", SEARCH, referral, "held")


async def test_danger_that_an_amendment_tells_of_holds_a_running_referral(
    talk: Conversation,
) -> None:
    referral, _, _ = await assigned(talk, 210)
    body = submission(210)
    body["request"]["withdrawal_risk"] = True
    amended = await talk.amend(referral, body)
    assert (amended.status_code, amended.json()["state"]) == (200, "safety_hold")
    await until_row(talk, "matching", SEARCH, referral, "held")
    await act(talk, referral, "acknowledge-hold", name="Dana Reyes")
    assert await talk.state_of(referral) == "assigned"


async def test_danger_after_the_end_holds_the_next_referral_of_the_person(
    talk: Conversation,
) -> None:
    patient = {"record_number": {"system": "https://clinic.example/people", "value": "P-211"}}
    referral, _, _ = await offered(talk, 211, **patient)
    await act(talk, referral, "withdraw")
    ended = "SELECT standing FROM referrals WHERE referral_id = $1::uuid"
    await until_row(talk, "notifications", ended, referral, "ended")
    await talk.type_text(phone(211), DANGER)
    await talk.text_to(phone(211), about="988 any time", seconds=10)
    following = await talk.submit(212, phone=phone(211), **patient)
    await talk.until_state(following, "safety_hold")
    await act(talk, following, "acknowledge-hold", name="Dana Reyes")
    await talk.until_state(following, "offered")
    held = (
        "SELECT c.held FROM contacts c JOIN referrals r ON r.person_id = c.recipient_id "
        "WHERE r.referral_id = $1::uuid"
    )
    await until_row(talk, "notifications", held, following, is_=False)

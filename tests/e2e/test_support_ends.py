"""From a coach's yes to a good end, and every other way in which a referral is over."""

import re

import httpx2
import pytest

from services.intake.rules.closures import CLOSED_AS
from shared.events import CANCELLATION_CONFIRMED, SupportOutcome
from tests.e2e.telling import act, assigned, offered, phone
from tests.e2e.test_consent_and_death import until_search_is_over, until_standing
from tests.world.conversation import Conversation
from tests.world.staff import add_staff, sign_in_link
from tests.world.stories import clinic
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


AN_HOUR_LATER = """
    UPDATE contacts SET last_words_at = last_words_at - interval '1 hour'
     WHERE recipient_id = (SELECT person_id FROM referrals WHERE referral_id = $1::uuid)
"""


async def press(talk: Conversation, link: str, where: str, **form: str) -> int:
    """The coach presses a button on the page of the device that said yes, and goes on from it."""
    return (await talk.browser.post(f"{link}/{where}", data=form)).status_code


async def test_support_comes_to_a_good_end_and_everybody_knows(talk: Conversation) -> None:
    referral, _, link = await offered(talk, 860)
    await talk.confirm_number(referral, phone(860))
    await talk.answer_page(link, "accept")
    await talk.text_to(phone(860), about="will call or text you by")
    assert await press(talk, link, "contact", channel="phone", outcome="reached") == 200
    await talk.until_state(referral, "engaged")
    assert await press(talk, link, "end", outcome=SupportOutcome.GOALS_MET.value) == 200
    await talk.until_state(referral, "completed")
    shown = await talk.referral(referral)
    assert shown["state_words"] == "Peer support has ended well"
    await until_search_is_over(talk, referral)
    await until_standing(talk, referral, revoked=False)
    await talk.until_mail(clinic()["email"], about=f"{shown['reference']} is closed")
    await talk.text_to(phone(860), about="your time together is over")
    said = [one["body"] for one in await talk.texts() if one["to"] == phone(860)]
    assert not any("will not call" in body for body in said)


async def test_the_coach_confirms_what_the_clinic_wants_to_end(talk: Conversation) -> None:
    referral, _, link = await assigned(talk, 861)
    assert (await act(talk, referral, "withdraw")).json()["state"] == "cancel_requested"

    async def asked() -> bool:
        return "Yes, it can end" in (await talk.open_page(link)).text

    await until(asked, what="the button that confirms")
    assert await press(talk, link, "end", outcome=CANCELLATION_CONFIRMED) == 200
    await talk.until_state(referral, "cancelled")
    await until_standing(talk, referral, revoked=False)


@pytest.mark.parametrize(
    ("number", "told", "outcome"),
    [
        (862, "person-declined", "declined-by-person"),
        (863, "sent-in-error", "entered-in-error"),
        (864, "person-died", "deceased"),
    ],
)
async def test_what_a_clinic_tells_ends_it_at_once_everywhere(
    talk: Conversation, number: int, told: str, outcome: str
) -> None:
    referral, _, link = await assigned(talk, number)
    answer = await act(talk, referral, "end", reason=told)
    assert answer.json()["state"] == CLOSED_AS[outcome].value
    again = await act(talk, referral, "end", reason=told)
    assert (again.status_code, again.json()["state"]) == (200, CLOSED_AS[outcome].value)
    await until_search_is_over(talk, referral)
    await until_standing(talk, referral, revoked=False)
    assert "This support has ended" in (await talk.open_page(link)).text


async def test_a_reason_that_nobody_knows_is_refused_and_named(talk: Conversation) -> None:
    referral, _, _ = await assigned(talk, 865)
    answer = await act(talk, referral, "end", reason="tired of it")
    assert answer.status_code == 422
    assert "person-declined" in answer.text
    assert await talk.state_of(referral) == "assigned"


async def test_a_supervisor_ends_a_search_from_the_desk(talk: Conversation) -> None:
    """Three coaches pass; the task's page leads to where it is decided; the clinic reads it."""
    world = talk.system
    await add_staff(world, "Rosa", "rosa.ends@example.org", "supervisor")
    referral, _, link = await offered(talk, 866)
    for _ in range(2):
        link = await passed_on(talk, link)
    await talk.answer_page(link, "pass")

    async def waiting() -> str:
        async with world.database("notifications") as connection:
            found = await connection.fetchval(
                "SELECT task_id::text FROM tasks WHERE kind = 'coaches_passed'"
                " AND subject_id = $1::uuid AND closed_at IS NULL",
                referral,
            )
        return found or ""

    task = await until(waiting, what="the task on the desk")
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as browser:
        await browser.post(sign_in_link(world, "supervisor"))
        page = (await browser.get(f"{world.url('notifications')}/desk/tasks/{task}")).text
        decide = f"{world.url('matching')}/tasks/{task}"
        assert f'href="{decide}"' in page
        assert "3 coaches: said not this time" in (await browser.get(decide)).text
        form = {"decision": "no-coach", "why": "Nobody near has room."}
        assert (await browser.post(f"{decide}/decide", data=form)).status_code == 303
    await talk.until_state(referral, "rejected")
    assert (await talk.referral(referral))["state_words"] == "We could not find a coach"
    await until_standing(talk, referral, revoked=False)


async def passed_on(talk: Conversation, link: str) -> str:
    """The coach passes; the link that the next one is sent."""
    known = {one["sid"] for one in await talk.texts()}
    await talk.answer_page(link, "pass")

    async def asked() -> str:
        bodies = [one["body"] for one in await talk.texts() if one["sid"] not in known]
        return next((body.split("/o/")[1].split()[0] for body in bodies if "/o/" in body), "")

    return f"{talk.system.url('matching')}/o/{await until(asked, what='the next offer')}"


async def test_a_person_who_writes_other_gets_another_coach(talk: Conversation) -> None:
    """The first coach is thanked without a reason, and the welcome of the second one follows."""
    referral, first, link = await offered(talk, 867)
    await talk.confirm_number(referral, phone(867))
    await talk.answer_page(link, "accept")
    await talk.text_to(phone(867), about="will call or text you by")
    known = {one["sid"] for one in await talk.texts()}
    await talk.type_text(phone(867), "OTHER")
    await talk.text_to(phone(867), about="We are asking someone else now")

    async def asked() -> tuple[str, str] | None:
        for one in await talk.texts():
            if one["sid"] not in known and "/o/" in one["body"]:
                return one["to"], one["body"].split("/o/")[1].split()[0]
        return None

    second, code = await until(asked, what="the next offer")
    assert second != first

    async def changed() -> bool:
        shown = await talk.referral(referral)
        happened = {line["code"] for line in shown["timeline"]}
        return "coach_changed" in happened and shown["coach"] is None

    await until(changed, what="the clinic's page to say so")
    assert "This support has ended" in (await talk.open_page(link)).text
    async with talk.system.database("notifications") as connection:
        await connection.execute(AN_HOUR_LATER, referral)  # a welcome does not talk over them
    await talk.answer_page(f"{talk.system.url('matching')}/o/{code}", "accept")
    await talk.until_state(referral, "assigned")

    async def welcomed_twice() -> bool:
        said = [one["body"] for one in await talk.texts() if one["to"] == phone(867)]
        return sum("will call or text you by" in body for body in said) == 2

    await until(welcomed_twice, what="the welcome of the second coach")
    said = [one["body"] for one in await talk.texts() if one["to"] == phone(867)]
    assert not any("will not call" in body for body in said)


async def test_a_coach_who_says_yes_by_text_reaches_the_person_after_signing_in(
    talk: Conversation,
) -> None:
    """On their phone alone: the text, the page it leads to, a second text, and one button."""
    referral, coach, _ = await offered(talk, 868)
    await talk.type_text(coach, "1")
    page = re.search(r"http\S+", await talk.text_to(coach, about="This is what comes next"))
    assert page is not None
    await talk.until_state(referral, "assigned")
    async with httpx2.AsyncClient(timeout=30, trust_env=False, follow_redirects=True) as phone_of:
        shown = (await phone_of.get(page.group())).text
        assert "send me a link" in shown
        assert "Sam" not in shown
        await phone_of.post(f"{page.group()}/sign-in")
        link = re.search(r"http\S+", await talk.text_to(coach, about="in the browser where you"))
        assert link is not None
        assert "<h1>Sam</h1>" in (await phone_of.post(link.group())).text
        assert "Sam" in (await phone_of.get(f"{talk.system.url('matching')}/coach")).text

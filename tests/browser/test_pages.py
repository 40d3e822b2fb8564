"""What people see: the phones, the coach's page and the clinic's, in a real Chromium."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.world.conversation import Conversation
from tests.world.system import API_KEY, System

pytestmark = pytest.mark.timeout(180)

PERSON = "+15392010001"

STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
        .filter(one => !one.closest('.unseen, .skip'))
        .filter(one => getComputedStyle(one).position !== 'absolute')
        .filter(one => one.getBoundingClientRect().right > width + 1)
        .map(one => one.tagName + '.' + one.className);
}"""
TOO_SMALL = """() => [...document.querySelectorAll('button, select, input:not([type=hidden])')]
    .map(one => one.getBoundingClientRect())
    .filter(box => box.width > 1 && (box.height < 24 || box.width < 24)).length
"""


async def fits(page: Page, address: str) -> None:
    """Nothing sticks out and nothing is too small to hit, on a small and on a wide screen."""
    for width in (320, 412, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.goto(address)
        assert await page.evaluate(STICKS_OUT) == []
        assert await page.evaluate(TOO_SMALL) == 0


async def test_texts_typed_on_the_phones_reach_the_system_and_change_it(
    system: System, browser: Browser
) -> None:
    async with Conversation(system) as talk:
        system.site.clinic_key_file.write_text(API_KEY)
        page = await browser.new_page()
        await page.goto(system.url("simulator"))
        referral = await talk.submit(1)
        reference = (await talk.referral(referral))["reference"]
        offer = await talk.text_to_a_coach(about="new request")
        await expect(page.get_by_text("We asked a coach who fits").first).to_be_visible(
            timeout=20_000
        )
        await expect(page.get_by_text(reference).first).to_be_visible()
        await answer_as(page, offer.to, "1")
        await talk.until_state(referral, "assigned")
        await expect(page.get_by_text("A coach accepted").first).to_be_visible(timeout=20_000)
        await talk.text_to(PERSON, about="will call or text you")
        await answer_as(page, PERSON, "STOP")
        await expect(page.get_by_text("no more texts").first).to_be_visible(timeout=20_000)
        assert (await talk.referral(referral))["texts_stopped"]
        await fits(page, system.url("simulator"))


async def answer_as(page: Page, number: str, words: str) -> None:
    """Type into the phone of this number and press Send."""
    form = page.locator(f'form.phone__reply[action*="{number.removeprefix("+")}"]')
    await form.locator('input[name="body"]').fill(words)
    await form.get_by_role("button", name="Send").click()


async def test_a_coach_accepts_by_a_click_and_only_then_sees_the_name(
    system: System, browser: Browser
) -> None:
    async with Conversation(system) as talk:
        referral = await talk.submit(1)
        offer = await talk.text_to_a_coach(about="new request")
        page = await browser.new_page(viewport={"width": 412, "height": 900})
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        await fits(page, offer.link)
        assert "Sam" not in await page.content()
        assert await talk.state_of(referral) == "offered"
        await page.get_by_role("button", name="Accept").click()
        await expect(page.get_by_role("heading", name="Sam")).to_be_visible()
        await page.get_by_label("What happened").select_option("reached")
        await page.get_by_role("button", name="Save this contact").click()
        await talk.until_state(referral, "engaged")
        stranger = await browser.new_page()
        await stranger.goto(offer.link)
        assert "Sam" not in await stranger.content()
        assert refused == []


async def test_a_clinic_signs_in_sees_the_status_and_withdraws(
    system: System, browser: Browser
) -> None:
    async with Conversation(system) as talk:
        referral = await talk.submit(1)
        address = f"{system.url('intake')}/referrals/{referral}"
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(address)
        await page.get_by_label("Your clinic's key").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("not known")
        await page.get_by_label("Your clinic's key").fill(API_KEY)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_text("You sent this referral")).to_be_visible()
        await page.get_by_role("button", name="Withdraw the referral").click()
        await talk.until_state(referral, "cancelled")
        await page.reload()
        await expect(page.get_by_text("This referral was stopped").first).to_be_visible()
        await context.close()

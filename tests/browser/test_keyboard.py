"""Everything can be reached, seen and pressed with the keyboard alone."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import phone_of
from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.world.system import API_KEY

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

_TARGETS = """() => [...document.querySelectorAll(
    'a[href], button, select, input:not([type=hidden]), summary, [tabindex="0"]')]
    .filter(one => one.checkVisibility()).length"""
_STOP = """(() => {
    const ring = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const down = box.top + Math.min(8, box.height / 2);
    const top = document.elementFromPoint(box.left + box.width / 2, down);
    return {
        what: one.outerHTML.slice(0, 80),
        rank: [...document.querySelectorAll('*')].indexOf(one),
        ringed: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2,
        inSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        uncovered: Boolean(top && (one.contains(top) || top.contains(one))),
    };
})()"""


async def walk(visitor: Visitor) -> int:
    """Tab through the whole page: each stop is in sight, ringed, uncovered, and after the last."""
    ranks: list[int] = []
    expected: int = await visitor.page.evaluate(_TARGETS)
    for _ in range(expected):
        await visitor.page.keyboard.press("Tab")
        stop = await visitor.focused(_STOP)
        ranks.append(stop["rank"])
        assert stop["ringed"], stop["what"]
        assert stop["inSight"], stop["what"]
        assert stop["uncovered"], stop["what"]
    assert ranks == sorted(set(ranks)), "the focus goes forward and meets each target once"
    return expected


async def test_a_coach_accepts_with_the_keyboard(town: Town, visitor: Visitor) -> None:
    offer = await town.ask("keyboard", 40)
    page = visitor.page
    await page.goto(offer.link)
    await walk(visitor)
    await page.reload()
    while await visitor.focused("one.value") != "accept":
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Sam")).to_be_visible()
    await town.talk.until_state(town.referrals["keyboard"], "assigned")
    await walk(visitor)


async def test_a_clinic_signs_in_and_withdraws_with_the_keyboard(
    town: Town, visitor: Visitor
) -> None:
    referral = await town.refer("keyboard_clinic", 41, person={"languages": ["vi"]})
    await town.talk.until_state(referral, "waitlisted")
    page = visitor.page
    await page.goto(f"{town.talk.system.url('intake')}/referrals/{referral}")
    await walk(visitor)
    await page.reload()
    while await visitor.focused("one.id") != "api_key":
        await page.keyboard.press("Tab")
    await page.keyboard.type(API_KEY)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="What has happened")).to_be_visible()
    await walk(visitor)
    await page.reload()
    while await visitor.focused("one.textContent") != "Withdraw this referral":
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await town.talk.until_state(referral, "cancelled")


async def test_a_text_is_typed_and_sent_with_the_keyboard(town: Town, visitor: Visitor) -> None:
    offer = await town.ask("keyboard_text", 42)
    page = visitor.page
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.goto(town.talk.system.url("simulator"))
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    assert await walk(visitor) > 20
    field = phone_of(page, offer.to).get_by_label("Answer as")
    await field.focus()
    await page.keyboard.type("2")
    await page.keyboard.press("Enter")
    await expect(phone_of(page, offer.to).get_by_text("Thank you for telling")).to_be_visible()
    assert await field.evaluate("one => one === document.activeElement && one.value === ''")


async def test_the_first_stop_leads_past_the_head(town: Town, visitor: Visitor) -> None:
    for address in (town.offers["open"], town.talk.system.url("simulator")):
        await visitor.page.goto(address)
        await visitor.page.keyboard.press("Tab")
        assert (await visitor.focused("one.textContent")).startswith("Skip to")
        await visitor.page.keyboard.press("Enter")
        assert await visitor.focused("one.id") in ("main", "phones-title")

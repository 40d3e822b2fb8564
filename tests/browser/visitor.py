"""Somebody at a browser: a tab of their own, and every complaint that the browser has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.looks import WIDTHS, misshapen
from tests.world.system import API_KEY

expect.set_options(timeout=15_000)

_TELL = """document.addEventListener('securitypolicyviolation', found =>
    console.error(`policy: ${found.violatedDirective} ${found.blockedURI}`));"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One tab, and the text of axe to look at its pages with."""

    page: Page
    axe: str

    async def sees_good_pages(self) -> None:
        """No accessibility violation, small and light or wide and dark; nothing out of shape."""
        found = await misshapen(self.page)
        await self.page.emulate_media(color_scheme="dark")
        found += [f"wide, dark: {one}" for one in await violations(self.page, self.axe)]
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        found += [f"small, light: {one}" for one in await violations(self.page, self.axe)]
        assert not found, "\n".join(found)

    async def sign_in(self, intake: str, key: str = API_KEY) -> None:
        """Sign in as a clinic."""
        await self.page.goto(f"{intake}/sign-in")
        await self.page.get_by_label("Your clinic's key").fill(key)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("heading", name="Your referrals")).to_be_visible()

    async def focused(self, script: str) -> Any:
        """What `script` says of the element that has the focus."""
        return await self.page.evaluate(f"() => (one => {script})(document.activeElement)")


@asynccontextmanager
async def visiting(browser: Browser, axe: str, **settings: Any) -> AsyncIterator[Visitor]:
    """A visitor without cookies, whose browser must not complain until they leave.

    That the answer to a page has an error's status is told by the browser, and is no complaint.
    """
    context = await browser.new_context(**{"viewport": {"width": 412, "height": 900}, **settings})
    complaints: list[str] = []
    await context.add_init_script(_TELL)
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    try:
        yield Visitor(page, axe)
    finally:
        await context.close()
    unexpected = [said for said in complaints if "responded with a status of" not in said]
    assert not unexpected, "\n".join(unexpected)

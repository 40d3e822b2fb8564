"""Finding one phone among many on the simulator's page."""

from urllib.parse import quote

from playwright.async_api import Locator, Page


def phone_of(page: Page, number: str) -> Locator:
    """The phone with this number."""
    form = page.locator(f'form[action="/phones/{quote(number)}/texts"]')
    return page.locator(".phone").filter(has=form)

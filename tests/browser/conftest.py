"""A real Chromium beside a running system."""

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import NODE, Chromium, chromium


@pytest.fixture(scope="session")
def program() -> Chromium:
    return chromium()


@pytest.fixture
async def browser(program: Chromium) -> AsyncIterator[Browser]:
    """Playwright's own node needs a library that bare machines lack; the wheel's does not."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=program.program,
            env={name: value for name, value in program.environment.items()},
        )
        try:
            yield started
        finally:
            await started.close()

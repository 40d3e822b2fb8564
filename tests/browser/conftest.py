"""One town and one Chromium for all these tests, and visitors who come and go.

The town ends with these tests: its services are members of the groups that the next world uses.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from deploy.local.ports import free_port
from deploy.local.program import Program
from tests.browser.axe import axe_source
from tests.browser.chromium import Chromium, chromium
from tests.browser.npm import NODE
from tests.browser.scenes import play
from tests.browser.town import Town, new_system
from tests.browser.visitor import Visitor, visiting
from tests.integration.simulator.process import Running, simulator
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.system import System


@pytest.fixture(scope="package")
def program() -> Chromium:
    return chromium()


@pytest.fixture(scope="package")
def axe() -> str:
    return axe_source()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
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


@pytest.fixture(scope="package")
def shared_system(engines: Engines) -> Iterator[System]:
    world = new_system(engines)
    try:
        yield world
    finally:
        world.stop()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def town(shared_system: System) -> AsyncIterator[Town]:
    """Everything has happened to somebody."""
    async with Conversation(shared_system) as talk:
        built = Town(talk)
        await play(built)
        yield built


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, axe: str) -> AsyncIterator[Visitor]:
    async with visiting(browser, axe) as somebody:
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def visitor_without_scripts(browser: Browser, axe: str) -> AsyncIterator[Visitor]:
    async with visiting(browser, axe, java_script_enabled=False) as somebody:
        yield somebody


@pytest.fixture(scope="package")
def lonely_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A simulator whose services are away."""
    folder = tmp_path_factory.mktemp("lonely")
    key = folder / "clinic.key"
    key.write_text("somebody.secret")
    away = f"http://127.0.0.1:{free_port()}"
    with simulator(
        folder, inbound_url=f"{away}/inbound", intake_url=away, clinic_key_file=str(key)
    ) as running:
        yield running


@pytest.fixture(scope="package")
def intake_without_database(shared_system: System) -> Iterator[str]:
    """The address of an intake service whose database does not answer."""
    site, port = shared_system.site, free_port()
    nowhere = f"postgresql://nobody:none@127.0.0.1:{free_port()}/none"
    variables = {
        **site.service("intake"),
        "INTAKE_PORT": str(port),
        "INTAKE_INNER_PORT": str(free_port()),
        "INTAKE_DATABASE_URL": nowhere,
        "INTAKE_VAULT_DATABASE_URL": nowhere,
    }
    folder: Path = site.folder / "intake_without_database"
    intake = Program(
        "intake", folder, port, ("services.intake", "serve"), variables, health="/livez"
    )
    intake.start()
    try:
        intake.wait_ready(30)
        yield f"http://127.0.0.1:{port}"
    finally:
        intake.stop()

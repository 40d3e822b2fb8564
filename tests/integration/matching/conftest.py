"""A service on databases of its own, and a coach at its pages."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs

from deploy.local.environment import Site
from tests.integration.crash.scenario import Stage, staged
from tests.world.engines import Engines


@pytest.fixture(scope="package")
def site(engines: Engines) -> Site:
    return asyncio.run(engines.new_site())


@pytest.fixture
async def stage(engines: Engines, site: Site) -> AsyncIterator[Stage]:
    """Matching, with empty tables once something is given."""
    async with staged(engines, site, "matching") as matching:
        yield matching


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield

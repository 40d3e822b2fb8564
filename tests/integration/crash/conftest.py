"""Databases for the lives of one service each."""

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from deploy.local.environment import Site
from tests.world.engines import Engines


@pytest.fixture(scope="package")
def site(engines: Engines) -> Site:
    """One for all of them: every scenario begins with empty tables."""
    return asyncio.run(engines.new_site())


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Else every refusal that is asked for is drawn for a terminal."""
    with capture_logs():
        yield

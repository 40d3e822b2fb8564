"""A folder that the engines' account can enter, and the jars, fetched once per run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.account import cache_folder, scratch_folder
from deploy.local.jars import kafka_jars


@pytest.fixture
def scratch() -> Iterator[Path]:
    """pytest's own temporary folders are closed to other accounts; this one is open."""
    with scratch_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def jars() -> Path:
    return kafka_jars(cache_folder())

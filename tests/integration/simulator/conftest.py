"""One simulator and one receiver for all these tests, emptied before each."""

from collections.abc import Iterator

import pytest

from tests.integration.simulator.process import Running, simulator
from tests.integration.simulator.receiver import Receiver, receiving


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def _simulator(_receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("simulator")
    with simulator(folder, inbound_url=f"{_receiver.url}/inbound") as running:
        yield running


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    """Our webhooks: up, and nothing received yet."""
    _receiver.clear()
    return _receiver


@pytest.fixture
def sim(_simulator: Running, receiver: Receiver) -> Running:
    """A simulator without texts, phones, mail or faults."""
    _simulator.http.delete("/simulator/state")
    return _simulator

"""However much is sent to a service, and however slowly, it keeps little of it in memory."""

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from deploy.local.provision import SERVICES
from tests.integration.hostile import flood
from tests.integration.hostile.flood import MEGABYTE
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import API_KEY, System

pytestmark = [pytest.mark.timeout(240), pytest.mark.faults]

MAX_GROWTH = 20 * MEGABYTE
STRANGERS = {
    "intake": ("/sign-in", "/v1/referrals"),
    "matching": ("/o/nobody", "/sign-in"),
    "notifications": ("/twilio/inbound", "/desk"),
}


@pytest.fixture(scope="module")
def system(engines: Engines) -> Iterator[System]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic()])
        world.seed("matching", [coach(1)])
        world.start()
        yield world
    finally:
        world.stop()


def resident(system: System, service: str) -> int:
    """Bytes of memory that the process holds now, those of its own workers included."""
    pid = system.programs[service].pid
    assert pid is not None
    total = 0
    for one in (pid, *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        with suppress(FileNotFoundError):  # a worker that has ended meanwhile
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096
    return total


def growth(
    system: System, service: str, paths: Sequence[str], *headers: str, source: str = "127.0.0.1"
) -> int:
    """How much more memory the service holds at most, while it goes on answering."""
    what = {"port": system.site.ports.of(service), "paths": paths, "headers": headers}
    what["source"] = source
    before, most, slowest = resident(system, service), 0, 0.0
    command = [sys.executable, "-m", flood.__name__, json.dumps(what)]
    with (
        subprocess.Popen(command) as attacker,
        httpx2.Client(timeout=30, trust_env=False) as client,
    ):
        while attacker.poll() is None:
            began = time.monotonic()
            assert client.get(f"{system.url(service)}/livez").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, resident(system, service))
            time.sleep(0.1)
    grown = most - before
    logging.warning(
        "%s: %.1f MB more, /livez within %.0f ms", service, grown / MEGABYTE, slowest * 1000
    )
    return grown


@pytest.mark.parametrize("service", SERVICES)
def test_a_quarter_of_a_gigabyte_of_strangers_stays_out_of_memory(
    system: System, service: str
) -> None:
    assert growth(system, service, STRANGERS[service]) < MAX_GROWTH


def test_neither_does_that_of_a_clinic_with_its_key(system: System) -> None:
    key = f"Authorization: Bearer {API_KEY}"
    headers = key, "Idempotency-Key: flood"
    more = growth(system, "intake", ["/v1/referrals"], *headers, source="127.0.0.2")
    assert more < MAX_GROWTH

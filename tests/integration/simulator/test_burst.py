"""How many texts a second the simulator takes; the figure is printed, not asserted."""

import asyncio
import sys
import time
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.integration.simulator.process import ACCOUNT, SENDER, TOKEN, Running
from tests.integration.simulator.receiver import eventually

TEXTS = 2000
CONNECTIONS = 32


async def test_a_burst_of_texts_is_taken_whole(
    sim: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two thousand texts at once: every one is stored and delivered."""
    url = f"{sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    headers = {
        "Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def send(number: int) -> int:
            form = {"To": f"+1206{number:07d}", "From": SENDER, "Body": f"text {number}"}
            async with session.post(url, data=urlencode(form)) as answer:
                return answer.status

        began = time.monotonic()
        statuses = await asyncio.gather(*map(send, range(TEXTS)))
        seconds = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(f"\n{TEXTS} texts taken, {TEXTS / seconds:.0f} a second\n")
    assert statuses == [201] * TEXTS
    eventually(lambda: {text.status for text in sim.texts()} == {"delivered"})
    assert len(sim.texts()) == TEXTS

"""A load of submissions from a process of its own.

    python -m tests.bench.client URL FIRST COUNT CLIENTS [RATE]

posts COUNT distinct submissions over CLIENTS kept connections, at RATE per second or as fast as
they go, and prints one JSON line: seconds, the moment of the first and of each POST.
"""

import asyncio
import itertools
import json
import sys
import time

import aiohttp
import uvloop

from tests.world.stories import submission
from tests.world.system import API_KEY


async def load(url: str, first: int, count: int, clients: int, rate: float | None) -> None:
    numbers = itertools.count(first)
    sent: dict[int, float] = {}
    bodies = {n: json.dumps(submission(n)) for n in range(first, first + count)}
    began = time.time()
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}

    async def one_client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            if number >= first + count:
                return
            if rate:
                await asyncio.sleep(max(0.0, began + (number - first) / rate - time.time()))
            sent[number] = time.time()
            async with session.post(url, data=bodies[number], headers=headers) as answer:
                await answer.read()
                if answer.status >= 300:
                    raise RuntimeError(f"answered {answer.status}")

    connector = aiohttp.TCPConnector(limit=clients)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(one_client(session) for _ in range(clients)))
    sys.stdout.write(json.dumps({"began": began, "ended": time.time(), "sent": sent}) + "\n")


if __name__ == "__main__":
    address, start, amount, connections, *pace = sys.argv[1:]
    rate_ = float(pace[0]) if pace else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(load(address, int(start), int(amount), int(connections), rate_))

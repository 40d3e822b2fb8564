"""The measurements: each beside its floor, in the same run, on the same engines."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx2
from aiokafka import AIOKafkaProducer

from deploy.kafka.topics import Topic, create_missing
from deploy.local.ports import free_port
from shared.messaging.relay import Relay
from shared.metrics import REGISTRY
from tests.world.engines import Engines
from tests.world.event_keys import current_history
from tests.world.stories import clinic, coach
from tests.world.system import System


@dataclass(slots=True)
class Bench:
    """One run over one PostgreSQL and one Kafka."""

    engines: Engines
    short: bool
    _numbers: int = 0
    memory: dict[str, float] = field(default_factory=dict)

    def next_numbers(self, count: int) -> int:
        """The first of `count` numbers that no submission has used."""
        first, self._numbers = self._numbers, self._numbers + count
        return first

    async def system(self, provider: tuple[int, int] | None = None) -> System:
        settings = {
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
        }
        if provider is not None:
            settings["NOTIFICATIONS_TWILIO_BASE_URL"] = f"http://127.0.0.1:{provider[0]}"
            settings["NOTIFICATIONS_SMTP_PORT"] = str(provider[1])
        made = System(self.engines, await self.engines.new_site(), settings=settings)
        await asyncio.to_thread(made.seed, "intake", [clinic()])
        roster = [coach(number, max_active=200) for number in range(80)]
        await asyncio.to_thread(made.seed, "matching", roster)
        return made

    async def same_database(self) -> str:
        """Intake's schema with one clinic, for a floor that inserts the same rows."""
        system = await self.system()
        return self.engines.postgres.url(system.site.databases["intake"])

    async def database(self) -> str:
        """A bare database for a floor."""
        name = f"floor_{free_port()}"
        connection = await asyncpg.connect(self.engines.postgres.url())
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        return self.engines.postgres.url(name)


@contextmanager
def process(*arguments: str, port: int | None = None) -> Iterator[int]:
    """A module of tests.bench as a process; with `port`, wait until it listens. Yields its pid."""
    running = subprocess.Popen([sys.executable, "-m", *arguments])
    try:
        end = time.monotonic() + 20
        while port is not None and time.monotonic() < end:
            try:
                httpx2.get(f"http://127.0.0.1:{port}/nothing", trust_env=False)
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield running.pid
    finally:
        running.kill()
        running.wait()


async def load(url: str, first: int, count: int, clients: int, rate: float | None = None) -> Any:
    """Run the client process; returns what it printed."""
    arguments = [url, str(first), str(count), str(clients)] + ([str(rate)] if rate else [])
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.client", *arguments, stdout=subprocess.PIPE
    )
    printed, _ = await client.communicate()
    if client.returncode:
        raise RuntimeError("the load client failed")
    return json.loads(printed)


@dataclass(slots=True)
class Posts:
    """POST/s, repeat by repeat, taking turns: the product, the same rows, and one row."""

    product: list[float] = field(default_factory=list)
    same_rows: list[float] = field(default_factory=list)
    one_row: list[float] = field(default_factory=list)


async def intake_posts(bench: Bench) -> Posts:
    """How fast submissions are stored."""
    count, repeats = (300, 1) if bench.short else (1500, 5)
    system = await bench.system()
    same, row, posts = free_port(), free_port(), Posts()
    same_url, row_url = await bench.same_database(), await bench.database()
    with (
        process("tests.bench.floor", "same", str(same), same_url, port=same),
        process("tests.bench.floor", "row", str(row), row_url, port=row),
    ):
        await asyncio.to_thread(system.start, ["intake"])
        try:
            for _ in range(repeats):
                for address, speeds in (
                    (f"{system.url('intake')}/v1/referrals", posts.product),
                    (f"http://127.0.0.1:{same}/", posts.same_rows),
                    (f"http://127.0.0.1:{row}/", posts.one_row),
                ):
                    said = await load(address, bench.next_numbers(count), count, 16)
                    speeds.append(count / (said["ended"] - said["began"]))
        finally:
            await asyncio.to_thread(system.stop)
    return posts


def bootstrap_of(bench: Bench) -> str:
    return bench.engines.kafka.bootstrap


async def drain(bench: Bench) -> tuple[float, float]:
    """Rows per second of the real relay over a full outbox, and of bare pipelined sends."""
    count = 5_000 if bench.short else 50_000
    system = await bench.system()
    body = json.dumps({name: "00000000-0000-7000-8000-000000000000" for name in "abc"})
    async with system.database("intake") as connection:
        await connection.execute(
            "INSERT INTO outbox (shard, topic, key, seq, event_id, type, occurred_at, "
            "correlation_id, payload) SELECT n % 16, $1, gen_random_uuid(), 1, gen_random_uuid(), "
            "'bench.row', now(), gen_random_uuid(), $2 FROM generate_series(1, $3::int) AS n",
            "bench.drain", body, count,
        )  # fmt: skip
        await create_missing(bootstrap_of(bench), [Topic("bench.drain", 12, 1)])
        relay = Relay(
            database_url=system.site.database_url("intake", "intake"),
            history=current_history("intake", bootstrap_of(bench)),
        )
        before, began = _acknowledged(), time.perf_counter()
        running = asyncio.create_task(relay.run())
        for _ in range(30_000):
            if _acknowledged() >= before + count:
                break
            await asyncio.sleep(0.02)
        ours = count / (time.perf_counter() - began)
        running.cancel()
        await asyncio.wait([running])
    return ours, await _bare_sends(bench, count, body.encode())


def _acknowledged() -> float:
    return REGISTRY.get_sample_value("alongside_events_relayed_total") or 0.0


async def _bare_sends(bench: Bench, count: int, body: bytes) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_of(bench), enable_idempotence=True, max_batch_size=131_072
    )
    await producer.start()
    began = time.perf_counter()
    for start in range(0, count, 500):
        sent = [
            await producer.send("bench.drain", body, key=str(number).encode())
            for number in range(start, start + 500)
        ]
        await asyncio.gather(*sent)
    seconds = time.perf_counter() - began
    await producer.stop()
    return count / seconds


def median(values: list[float]) -> float:
    return statistics.median(values)

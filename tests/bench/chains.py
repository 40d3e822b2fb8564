"""Submissions through three services: the product, the same work done barely, and a stub.

Each is measured in the same way: a submission until the coach's text is handed over at 50/s, a
burst, and what a referral costs at two rates and in the burst.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from deploy.kafka.topics import Topic, create_missing
from deploy.local.ports import free_port
from deploy.local.provision import SERVICES
from tests.bench.costs import BROKER, Costs, Meter
from tests.bench.measure import Bench, bootstrap_of, load, process
from tests.world.system import System

ASKS_COACH = "new request"
SENDS = 3
"""Per referral: the clinic's e-mail, the person's text and the coach's text."""

RATES = (20, 50)
CALM_SECONDS = 5


@dataclass(slots=True)
class Through:
    """Latencies in ms at 50/s, referrals per second of a burst, and costs by phase."""

    latencies: list[float] = field(default_factory=list)
    burst: float = 0.0
    handed_over: int = 0
    costs: dict[str, Costs] = field(default_factory=dict)
    trips: dict[str, Costs] = field(default_factory=dict)
    """Statements, commits and requests, at 20/s and in a burst."""
    calm: dict[str, float] = field(default_factory=dict)
    """ms of CPU per second without work, by process."""

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Chain:
    """Three running processes behind an address, and the provider that they send to."""

    bench: Bench
    url: str
    provider: int
    meter: Meter | None = None
    sends: int = 1
    mark: str = ""
    """What the text says that ends a referral's way."""

    async def measure(self) -> Through:
        through, short = Through(), self.bench.short
        await self._run(50, 4)
        if self.meter is not None:
            await asyncio.sleep(2)
            await self._count_trips(through, self.meter, 40 if short else 100)
            await self._calm(through, self.meter)
            await self._paced(through, 20, 100 if short else 400)
        await self._paced(through, 50, 200 if short else 500)
        await self._burst(through, 500 if short else 2000)
        return through

    async def _count_trips(self, through: Through, meter: Meter, count: int) -> None:
        async with meter.logged(count) as costs:
            await self._run(count, 8, RATES[0])
        through.trips["20/s"] = costs
        async with meter.logged(count * 5) as costs:
            await self._run(count * 5, 16)
        through.trips["burst"] = costs

    async def _calm(self, through: Through, meter: Meter) -> None:
        async with meter.per_referral(CALM_SECONDS) as costs:
            await asyncio.sleep(CALM_SECONDS)
        through.calm = costs.cpu

    async def _paced(self, through: Through, rate: int, count: int) -> None:
        async with self._costing(through, f"{rate}/s", count):
            said = await self._run(count, 8, rate)
        sends = await self._texts()
        through.latencies = _latencies(said["sent"], sends, by_person=not self.mark)

    async def _burst(self, through: Through, count: int) -> None:
        async with self._costing(through, "burst", count):
            said = await self._run(count, 16)
        sends = await self._texts()
        through.handed_over = len(sends)
        through.burst = count / (max(one[0] for one in sends) - said["began"])

    @asynccontextmanager
    async def _costing(self, through: Through, phase: str, count: int) -> AsyncIterator[None]:
        await self._http("DELETE", "sends")
        if self.meter is None:
            yield
            return
        async with self.meter.per_referral(count) as costs:
            yield
        through.costs[phase] = costs

    async def _run(self, count: int, clients: int, rate: float | None = None) -> Any:
        """Submit, wait until everything is sent, and a second longer for what follows a send."""
        before = await self._http("GET", "count")
        said = await load(self.url, self.bench.next_numbers(count), count, clients, rate)
        async with asyncio.timeout(180):
            # Another process counts, so there is nothing to wait on.
            while await self._http("GET", "count") < before + count * self.sends:  # noqa: ASYNC110
                await asyncio.sleep(0.25)
        await asyncio.sleep(1)
        return said

    async def _texts(self) -> list[Any]:
        sends = await self._http("GET", "sends")
        return [one for one in sends if self.mark in one[2].casefold()]

    async def _http(self, method: str, path: str) -> Any:
        address = f"http://127.0.0.1:{self.provider}/{path}"
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            answer = await client.request(method, address)
        return answer.json() if answer.content else None


async def product_chain(bench: Bench) -> Through:
    """POST → offer handed over, through the three services."""
    provider, mail = free_port(), free_port()
    with process("tests.bench.provider", str(provider), str(mail), port=provider):
        system = await bench.system((provider, mail))
        await asyncio.to_thread(system.start, SERVICES)
        bench.memory |= {f"{name}, idle": _resident(system, name) for name in SERVICES}
        try:
            url = f"{system.url('intake')}/v1/referrals"
            pids = {name: system.programs[name].pid or 0 for name in SERVICES}
            meter = _meter(bench, pids)
            return await Chain(bench, url, provider, meter, SENDS, ASKS_COACH).measure()
        finally:
            bench.memory |= {f"{name}, after": _resident(system, name) for name in SERVICES}
            await asyncio.to_thread(system.stop)


async def same_work_chain(bench: Bench) -> Through:
    """The honest floor: bare processes on the product's tables that do the same promised work."""
    provider, mail, port = free_port(), free_port(), free_port()
    suffix = str(port)
    names = ("people", "referrals", "assignments", "deliveries")
    topics = [Topic(f"floor.{name}.{suffix}", 12, 1) for name in names]
    await create_missing(bootstrap_of(bench), topics)
    system = await bench.system()
    with ExitStack() as running:
        running.enter_context(
            process("tests.bench.provider", str(provider), str(mail), port=provider)
        )
        pids = {}
        for name in reversed(SERVICES):
            url = bench.engines.postgres.url(system.site.databases[name])
            known = (str(port), bootstrap_of(bench), suffix, str(provider), str(mail), name, url)
            listens = port if name == "intake" else None
            one = process("tests.bench.same_work", *known, port=listens)
            pids[name] = running.enter_context(one)
        await asyncio.sleep(3)
        url = f"http://127.0.0.1:{port}/"
        chain = Chain(bench, url, provider, _meter(bench, pids), SENDS, ASKS_COACH)
        return await chain.measure()


async def stub_chain(bench: Bench) -> Through:
    """One message per referral through three stubs and the same broker."""
    provider, port = free_port(), free_port()
    accepted, offered = f"floor.accepted.{port}", f"floor.offered.{port}"
    topics = [Topic(name, 12, 1) for name in (accepted, offered)]
    await create_missing(bootstrap_of(bench), topics)
    url = await bench.database()
    arguments = (str(port), url, bootstrap_of(bench), f"{accepted},{offered}")
    address = f"http://127.0.0.1:{provider}"
    with (
        process("tests.bench.provider", str(provider), str(free_port()), port=provider),
        process("tests.bench.floor", "chain", *arguments, address, "out"),
        process("tests.bench.floor", "chain", *arguments, address, "match"),
        process("tests.bench.floor", "chain", *arguments, address, "in", port=port),
    ):
        await asyncio.sleep(3)
        return await Chain(bench, f"http://127.0.0.1:{port}/", provider).measure()


def _meter(bench: Bench, pids: dict[str, int]) -> Meter:
    return Meter(
        bench.engines.postgres, bench.engines.kafka, {**pids, BROKER: bench.engines.kafka.pid or 0}
    )


def _latencies(sent: dict[str, float], sends: Sequence[Any], *, by_person: bool) -> list[float]:
    """Milliseconds from a POST to its send.

    The stub writes to the person, so each send is found by its number. Offers go to coaches; they
    are paired in order, which is exact as long as none overtakes another.
    """
    if by_person:
        posted = {f"+1539{2010000 + int(number):07d}": at for number, at in sent.items()}
        return [(one[0] - posted[one[1]]) * 1000 for one in sends if one[1] in posted]
    arrived = sorted(one[0] for one in sends)
    return [(b - a) * 1000 for a, b in zip(sorted(sent.values()), arrived, strict=False)]


def _resident(system: System, name: str) -> float:
    """Resident memory of a program in MB."""
    pid = system.programs[name].pid
    if pid is None:
        return float("nan")
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")

"""Referrals go in, coaches answer, and every process is killed with -9 while they do."""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from deploy.local.provision import SERVICES
from tests.faults.facts import Facts
from tests.faults.load_facts import load
from tests.faults.quiet import is_busy
from tests.faults.refusals import Refusals
from tests.faults.set_back import Drill, SetBack
from tests.world.stories import clinic, coach, submission
from tests.world.system import API_KEY, System

VICTIMS = (*SERVICES, "kafka", "postgres")

PROVIDER_FAULTS: list[dict[str, Any]] = [
    {"fault": "timeout_after_accepting", "probability": 0.06, "seconds": 1, "next_sends": 5},
    {"fault": "error_after_storing", "probability": 0.06, "next_sends": 5},
    {"fault": "drop_before_accepting", "probability": 0.06, "next_sends": 2},
    {"fault": "error_before_storing", "probability": 0.06, "next_sends": 2},
    {"fault": "duplicate_receipts", "probability": 0.2},
    {"fault": "reorder_receipts", "probability": 0.2},
    {"fault": "delay_receipts", "probability": 0.1, "seconds": 3},
]
"""Fourteen sends whose answer is lost or wrong: ten were taken, four were not."""

REFUSALS = 3
"""STOPs, and as many revocations: half of all soon after a backup, half just before the loss."""

PROVIDER_IS_DOWN: list[dict[str, Any]] = [
    {"fault": "error_before_storing", "probability": 0.5},
    {"fault": "error_after_storing", "probability": 1.0},
]
"""No send is answered; every second one is taken all the same."""

TAKEN_IN_SPITE, NOT_TAKEN = 10, 4


@dataclass(slots=True)
class FaultRun:
    """One run. All chance comes from `seed`."""

    system: System
    referrals: int
    coaches: int
    places: int
    seed: int
    set_back: SetBack | None = None
    """What goes back in the middle of the run, and is recovered."""
    refusals: Refusals = field(init=False)
    killed: list[str] = field(default_factory=list)
    seconds_to_drain: float = 0.0
    provider_faults_left: list[str] = field(default_factory=list)
    """Kinds of lost answers that did not happen as often as they should have."""
    drill: Drill | None = None
    _held: set[str] = field(default_factory=set)
    """Services that are down on purpose."""
    _over: bool = False

    def __post_init__(self) -> None:
        names = [self._name(number) for number in range(self.referrals)]
        self.refusals = Refusals(self.system, names)

    @property
    def canaries(self) -> frozenset[str]:
        return frozenset(self.refusals.names)

    def _name(self, number: int) -> str:
        letters = "".join(chr(97 + int(digit)) for digit in f"{number:04d}")
        return f"Canary{letters}zq"

    async def go(self) -> Facts:
        """Seed, submit, answer, kill, wait until all is quiet, and look."""
        chance = random.Random(self.seed)
        self._prepare()
        answering = asyncio.create_task(self._answer(random.Random(self.seed + 1)))
        guarding = asyncio.create_task(self._restart_what_ends())
        watching = asyncio.create_task(self.refusals.watch())
        submitting = [asyncio.create_task(self._submit(part, 4)) for part in range(4)]
        refusing = await self._backed_up()
        for victim in chance.sample(VICTIMS, len(VICTIMS)):
            await asyncio.sleep(chance.uniform(1.0, 3.0))
            self.system.kill(victim)
            self.killed.append(victim)
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await asyncio.to_thread(self._start_again, victim)
        await refusing
        if self.drill is not None:
            await self._go_back(self.drill)
        await self._provider_goes_down(seconds=15.0)
        await asyncio.gather(*submitting)
        await self._mend_provider()
        watching.cancel()
        await asyncio.wait([watching])
        self.seconds_to_drain = await self._until_quiet()
        self._over = True
        await asyncio.gather(answering, guarding)
        await self.refusals.look()
        await self._until_quiet()
        acknowledged = frozenset(self.refusals.referrals.values())
        return await load(self.system, acknowledged, self.canaries, self.refusals, self.drill)

    async def _backed_up(self) -> "asyncio.Task[None]":
        """A few seconds of work that a backup knows, then some who refuse what it knows."""
        if self.set_back is not None:
            await asyncio.sleep(3.0)
            self.drill = await Drill.begin(self.system, self.set_back)
        return asyncio.create_task(self.refusals.make(REFUSALS))

    async def _go_back(self, drill: Drill) -> None:
        """Databases are what they were; the broker, the provider and the people went on."""
        await self.refusals.make(REFUSALS)
        self.killed += [*drill.kind.services, "postgres"]
        self._held.update(drill.kind.services)
        await drill.go_back()
        self._held.clear()
        await drill.recover()

    def _prepare(self) -> None:
        self.system.seed("intake", [clinic()])
        rest = self.places - self.coaches
        room = [1 + (rest + n) // self.coaches for n in range(self.coaches)]
        self.system.seed("matching", [coach(n, max_active=room[n]) for n in range(self.coaches)])
        self.system.start()
        rules = {"rules": PROVIDER_FAULTS, "seed": self.seed}
        httpx2.put(self._faults_url, json=rules, trust_env=False).raise_for_status()

    @property
    def _faults_url(self) -> str:
        return f"{self.system.url('simulator')}/simulator/faults"

    async def _provider_goes_down(self, *, seconds: float) -> None:
        """For so long; then it has the faults again that it had left."""
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            left = (await client.get(self._faults_url)).json()["rules"]
            down = {"rules": PROVIDER_IS_DOWN, "seed": self.seed}
            (await client.put(self._faults_url, json=down)).raise_for_status()
            await asyncio.sleep(seconds)
            (await client.put(self._faults_url, json={"rules": left})).raise_for_status()

    async def _mend_provider(self) -> None:
        """From here on the provider does as it should."""
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            left = (await client.get(self._faults_url)).json()["rules"]
            (await client.put(self._faults_url, json={"rules": []})).raise_for_status()
        self.provider_faults_left = [one["fault"] for one in left if one["next_sends"]]

    async def _submit(self, part: int, parts: int) -> None:
        """A clinic's client: the same identifier again until it is acknowledged."""
        url = f"{self.system.url('intake')}/v1/referrals"
        headers = {"Authorization": f"Bearer {API_KEY}"}
        async with httpx2.AsyncClient(headers=headers, timeout=10, trust_env=False) as client:
            for number in range(part, self.referrals, parts):
                body = submission(number, name=self._name(number))
                for _ in range(1000):
                    referral = await self._acknowledged(client, url, body)
                    if referral is not None:
                        self.refusals.referrals[number] = referral
                        break
                    await asyncio.sleep(0.2)

    async def _acknowledged(self, client: httpx2.AsyncClient, url: str, body: Any) -> str | None:
        try:
            answer = await client.post(url, json=body)
        except httpx2.TransportError:
            return None
        if answer.status_code >= 500:
            return None
        assert answer.status_code == 201, answer.text
        return str(answer.json()["referral_id"])

    async def _answer(self, chance: random.Random) -> None:
        """Coaches: most accept on the page, some pass, some never answer."""
        known: set[str] = set()
        async with httpx2.AsyncClient(
            cookies=self.refusals.cookies, timeout=10, follow_redirects=True, trust_env=False
        ) as client:
            while not self._over:
                await asyncio.sleep(0.3)
                for sid, link in await self._asked(client):
                    if sid not in known:
                        known.add(sid)
                        await self._press(client, link, chance.random())

    async def _asked(self, client: httpx2.AsyncClient) -> list[tuple[str, str]]:
        try:
            answer = await client.get(f"{self.system.url('simulator')}/simulator/messages")
        except httpx2.TransportError:
            return []
        links = [
            (m["sid"], re.search(r"http\S+/o/\S+", m["body"])) for m in answer.json()["messages"]
        ]
        return [(sid, link.group()) for sid, link in links if link]

    async def _press(self, client: httpx2.AsyncClient, link: str, luck: float) -> None:
        """Until the page answers; a quarter of the coaches never looks."""
        if luck > 0.75:
            return
        answer = "accept" if luck < 0.6 else "pass"
        for _ in range(100):
            try:
                pressed = await client.post(link, data={"answer": answer})
            except httpx2.TransportError:
                await asyncio.sleep(0.2)
                continue
            if pressed.status_code < 500:
                self._note(link, pressed.text)
                return
            await asyncio.sleep(0.2)

    def _note(self, link: str, page: str) -> None:
        """The page of a coach who accepted names the person."""
        found = re.search(r"Canary[a-z]{4}zq", page)
        if found:
            self.refusals.links[self.refusals.names.index(found.group())] = link

    def _start_again(self, name: str) -> None:
        child = self.system.child(name)
        child.start()
        child.wait_ready(90)

    async def _restart_what_ends(self) -> None:
        """The supervisor's part: a service that ended by itself is started again."""
        while not self._over:
            await asyncio.sleep(0.5)
            for name in SERVICES:
                program = self.system.programs[name]
                down = name in self._held or name in self.killed[-1:]
                if program.exit_code is not None and not down:
                    program.start()

    async def _until_quiet(self) -> float:
        """Wait, at most two minutes, until nothing is under way; the seconds that it took."""
        began, calm, quiet_since = time.monotonic(), 0, 0.0
        while calm < 4:
            await asyncio.sleep(0.5)
            calm = 0 if await is_busy(self.system) else calm + 1
            if calm < 2:
                quiet_since = time.monotonic()
            if time.monotonic() - began > 120:
                return time.monotonic() - began
        return quiet_since - began

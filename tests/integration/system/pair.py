"""Two processes of each service over one set of databases, and what each says of itself."""

import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from deploy.kafka.topics import declared
from deploy.local.program import Program
from deploy.local.provision import SERVICES
from tests.faults.load_facts import CONSUMES
from tests.world.system import System


@dataclass(slots=True)
class Pair:
    """The programs `intake`, `intake-2` and so on. `acknowledged` referrals grow over all tests."""

    system: System
    acknowledged: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(2000))
    """Each referral has a number of its own, so that tests do not meet."""
    _away: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Start all and wait until each answers."""
        replicas = [self.system.add_replica(service) for service in SERVICES]
        self.system.start(["simulator", *SERVICES, *replicas])

    def names(self) -> list[str]:
        """Every process of every service."""
        return [name for service in SERVICES for name in (service, f"{service}-2")]

    def program(self, name: str) -> Program:
        return self.system.programs[name]

    def url(self, name: str) -> str:
        """The address of one process; `System.url` is that of the first one."""
        return f"http://127.0.0.1:{self.program(name).port}"

    def answering(self, service: str) -> list[str]:
        """Addresses of a service at which somebody listens: what a load balancer would know."""
        both = (service, f"{service}-2")
        return [self.url(name) for name in both if name not in self._away]

    def kill(self, name: str) -> None:
        self._away.add(name)
        self.system.kill(name)

    def freeze(self, name: str) -> None:
        """Stop it where it stands; it notices nothing, and its connections stay open."""
        self._away.add(name)
        os.kill(self._pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on; one that was not frozen or has ended is left as it is."""
        pid = self.program(name).pid
        if pid is not None:
            os.kill(pid, signal.SIGCONT)
        self._away.discard(name)

    def _pid(self, name: str) -> int:
        pid = self.program(name).pid
        assert pid is not None, f"{name} has ended"
        return pid

    def start_again(self, name: str) -> None:
        """Start a killed one and return at once."""
        self.program(name).start()
        self._away.discard(name)

    async def ready(self, name: str) -> dict[str, Any]:
        """What `/readyz` of one process says, with its status; nothing while it is not there."""
        async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
            try:
                answer = await client.get(f"{self.system.inner_url(name)}/readyz")
            except httpx2.TransportError:
                return {}
        return {"status": answer.status_code, **answer.json()}

    async def shares(self, service: str) -> list[int]:
        """How many partitions each of the two has."""
        both = [await self.ready(name) for name in (service, f"{service}-2")]
        return [said.get("partitions", 0) for said in both]

    async def all_are_shared(self) -> bool:
        """Each process has a share, and together they have every partition."""
        for service in SERVICES:
            shares = await self.shares(service)
            if 0 in shares or sum(shares) != partitions_of(service):
                return False
        return True


def partitions_of(service: str) -> int:
    """Partitions of all topics that a service reads."""
    return sum(topic.partitions for topic in declared() if topic.name in CONSUMES[service])

"""One life of a service in this process: its own wiring on real databases, until its fate."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import httpx2
from fastapi import FastAPI

from services.intake.wiring import SERVICE as INTAKE
from services.matching.wiring import SERVICE as MATCHING
from services.notifications.sending.sender import Sender
from services.notifications.wiring import SERVICE as NOTIFICATIONS
from shared.db import Pool
from shared.messaging.settle import Settler
from shared.messaging.timers import Timers
from shared.service import Core, Service, Wiring, settler_of
from shared.settings import ServiceSettings, key_of
from shared.transaction import Database
from shared.vault import Vault
from shared.webui import add_pages
from shared.webui.body_limits import LimitBodies
from tests.integration.core.store import SetClock
from tests.integration.crash.fate import Fate, MortalConnection
from tests.world.clocks import TrustingGuard
from tests.world.event_keys import current_history

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Process:
    """What the outside can do to a running service."""

    settings: ServiceSettings
    database: Database
    parts: Wiring
    settler: Settler
    timers: Timers
    core: Core[Any]
    clock: SetClock

    def http(self) -> httpx2.AsyncClient:
        """A client at the door of the service's own routes."""
        app = FastAPI(openapi_url=None)
        for router in self.parts.routers:
            app.router.routes.extend(router.routes)
        app.add_middleware(LimitBodies)
        add_pages(app)
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=LimitBodies(app)), base_url=self.settings.public_url
        )


async def mortal_pool(url: str, fate: Fate) -> Pool:
    """A pool like a service's, whose connections end with the process."""

    async def give_fate(connection: Any) -> None:
        connection.fate = fate

    return await asyncpg.create_pool(
        url,
        connection_class=MortalConnection,
        init=give_fate,
        min_size=0,
        max_size=10,
        command_timeout=20,
        server_settings={"timezone": "UTC", "jit": "off", "synchronous_commit": "off"},
    )


@asynccontextmanager
async def living(
    service: Service[S], settings: S, clock: SetClock, fate: Fate
) -> AsyncIterator[Process]:
    """A new process: nothing is remembered of an earlier one but what a database holds."""
    async with AsyncExitStack() as ends:
        pool = await mortal_pool(settings.database_url.get_secret_value(), fate)
        ends.callback(pool.terminate)
        vault_pool = await mortal_pool(settings.vault_database_url.get_secret_value(), fate)
        ends.callback(vault_pool.terminate)
        database = Database(pool, clock, service.name, lambda _: None)
        vault = Vault(vault_pool, key_of(settings.key_encryption_key))
        history = current_history(service.name)
        guard = TrustingGuard(clock)
        core = Core(settings, database, vault, clock, history, guard)
        parts = service.wire(core)
        for loop in parts.loops:
            sender = getattr(loop.run, "__self__", None)
            if isinstance(sender, Sender):
                ends.push_async_callback(sender._providers.sms.close)
        yield Process(
            settings,
            database,
            parts,
            settler_of(core, parts),
            Timers(database=database, handlers=parts.timers, history=history, guard=guard),
            core,
            clock,
        )


SERVICES: Mapping[str, Service[Any]] = {one.name: one for one in (INTAKE, MATCHING, NOTIFICATIONS)}

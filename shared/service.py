"""How a service is put together and run; the same for all three.

Crash-only: when any loop ends unexpectedly the process ends non-zero, and whoever supervises it
starts it again. The database holds everything that matters.
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared import db, logs
from shared.audit import Sealer
from shared.clock import Clock, SystemClock
from shared.events import Event
from shared.health import Health
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.feed import Feed
from shared.messaging.macs import EventKeys
from shared.messaging.own_history import OwnHistory
from shared.messaging.recovery import Forgotten, Inputs, Reapply, Recovery
from shared.messaging.relay import Relay
from shared.messaging.settle import Handlers, Settler
from shared.messaging.timers import TimerHandler, Timers
from shared.settings import ServiceSettings, key_of, keys_of
from shared.transaction import Database, Timer, Wakeable
from shared.vault import Vault
from shared.webui import add_pages
from shared.webui.problems import add_problems

S = TypeVar("S", bound=ServiceSettings)

STOP_SECONDS = 12.0
"""How long the loops may take to finish; whoever supervises us waits longer before a kill."""

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""The framework's own would name addresses, and the one of an offer opens it."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A background task of a service; `wake` is called after a commit that gave it work."""

    name: str
    run: Callable[[], Awaitable[None]]
    heartbeat: Heartbeat
    wake: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a service adds to the core: who handles what, which pages, which loops."""

    events: Handlers
    timers: Mapping[type[Timer], TimerHandler]
    reapply: Mapping[type[Event], Reapply] = field(default_factory=dict)
    """How an own event is applied again to a database that was restored and has forgotten it."""
    before_recovery: Callable[[Forgotten, Inputs], Awaitable[Sequence[str]]] | None = None
    """What else has to be fetched again before the service goes on; returns lines for people."""
    routers: Sequence[APIRouter] = ()
    loops: Sequence[Loop] = ()


@dataclass(frozen=True, slots=True)
class Core(Generic[S]):
    """What the core gives a service to build its parts from."""

    settings: S
    database: Database
    vault: Vault
    clock: Clock
    history: OwnHistory
    """Whether the database knows what it has published; while it is behind, nothing is decided."""
    feed: Feed = field(default_factory=Feed)
    """What this process has read to its end, as its consumer sees it."""


@dataclass(frozen=True, slots=True)
class Service(Generic[S]):
    """A service by its name, its settings and its wiring."""

    name: str
    settings: type[S]
    wire: Callable[[Core[S]], Wiring]
    migrations: Path
    fetch_min_bytes: int = 1
    """How much the consumer waits for, 50 ms at most. More than a byte where nobody waits for what
    is consumed: fewer and larger fetches leave the machine to those whom somebody waits for."""


@dataclass(slots=True)
class Running:
    """A service put together: the app to serve and the loops to run."""

    app: FastAPI
    loops: Sequence[Loop]
    health: Health
    pools: Sequence[db.Pool]

    async def close(self) -> None:
        for pool in self.pools:
            pool.terminate()


@dataclass(slots=True)
class _LoopWaker:
    """Wakes loops. Filled after the database exists, hence an object."""

    by_loop: dict[Wakeable, Callable[[], None]] = field(default_factory=dict)

    def __call__(self, loops: Collection[Wakeable]) -> None:
        for loop in loops:
            self.by_loop[loop]()


async def assemble(service: Service[S], settings: S, clock: Clock) -> Running:
    """Build everything; connects to nothing yet, so a service starts while others are away."""
    url = settings.database_url.get_secret_value()
    pool = await db.open_pool(url, size=settings.database_connections, application=service.name)
    vault_pool = await db.open_pool(
        settings.vault_database_url.get_secret_value(), size=3, application=service.name
    )
    waker = _LoopWaker()
    database = Database(pool, clock, service.name, waker)
    vault = Vault(vault_pool, key_of(settings.key_encryption_key))
    core = Core(settings, database, vault, clock, history_of(service.name, settings))
    parts = service.wire(core)
    relay = Relay(database_url=url, history=core.history)
    consumer = _consumer(service, core, parts)
    timers = Timers(database=database, handlers=parts.timers, history=core.history)
    sealer = Sealer(
        pool,
        clock,
        key_of(settings.audit_key),
        settings.audit_checkpoints,
        Heartbeat("audit", silent_after=60),
    )
    loops = [
        Loop("relay", relay.run, relay.heartbeat, relay.wake),
        Loop("consumer", consumer.run, consumer.heartbeat),
        Loop("timers", timers.run, timers.heartbeat, timers.wake),
        Loop("audit", sealer.run, sealer.heartbeat),
        *parts.loops,
    ]
    waker.by_loop |= {Wakeable(loop.name): loop.wake for loop in loops if loop.wake is not None}
    heartbeats = [loop.heartbeat for loop in loops] + [consumer.moved]
    health = Health(database, relay, consumer, timers, core.history, heartbeats)
    loops.append(Loop("health", health.run, Heartbeat("health", silent_after=float("inf"))))
    return Running(_app(service, parts, health), loops, health, [pool, vault_pool])


def history_of(service: str, settings: ServiceSettings) -> OwnHistory:
    """The service's own history, not checked yet."""
    keys = EventKeys(
        {
            "intake": keys_of(settings.intake_event_keys),
            "matching": keys_of(settings.matching_event_keys),
            "notifications": keys_of(settings.notifications_event_keys),
        }
    )
    return OwnHistory(service, settings.kafka_bootstrap_servers, keys)


def settler_of(core: Core[S], parts: Wiring) -> Settler:
    """What applies records with the service's handlers."""
    return Settler(
        core.database,
        parts.events,
        key_of(core.settings.record_key),
        core.history.keys,
        core.settings.dead_letter_limit,
    )


def recovery_of(core: Core[S], parts: Wiring) -> Recovery:
    """What recovers the service's database after a restore."""
    return Recovery(core.database, core.history, settler_of(core, parts), parts.reapply)


def _consumer(service: Service[S], core: Core[S], parts: Wiring) -> ConsumerLoop:
    settings = core.settings
    return ConsumerLoop(
        settler=settler_of(core, parts),
        history=core.history,
        service=service.name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        database_url=settings.database_url.get_secret_value(),
        session_timeout_ms=settings.session_timeout_ms,
        fetch_min_bytes=service.fetch_min_bytes,
        feed=core.feed,
    )


def _app(service: Service[S], parts: Wiring, health: Health) -> FastAPI:
    app = FastAPI(
        title=f"Alongside {service.name}", docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY
    )
    for router in (*parts.routers, health.routes()):
        app.include_router(router)
    add_pages(app)
    add_problems(app)
    return app


async def serve(service: Service[S], settings: S) -> int:
    """Run the service until a signal or until one of its loops ends. Returns the exit code."""
    logs.configure(service.name)
    running = await assemble(service, settings, SystemClock())
    server = uvicorn.Server(
        uvicorn.Config(
            running.app,
            host=settings.host,
            port=settings.port,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    tasks = {
        asyncio.ensure_future(loop.run()): loop.name for loop in running.loops
    } | {asyncio.ensure_future(_watch(running.health)): "watchdog"}  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        # The web server raises the signal again when it has ended, and the default would end the
        # process there, with records in hand and sends under way.
        signal.signal(number, lambda *_: None)
    web = asyncio.ensure_future(server.serve())
    gc.collect()
    gc.freeze()  # what is loaded now stays; collecting would walk all of it every few seconds
    gc.set_threshold(10_000)  # nearly all garbage of a request goes by its counts, not by cycles
    log.info("serving", host=settings.host, port=settings.port)
    done, _ = await asyncio.wait([web, *tasks], return_when=asyncio.FIRST_COMPLETED)
    code = 0 if web in done and server.started else 1
    for task in done - {web}:
        log.critical("loop_ended", check=tasks[task], exc_info=task.exception())
        code = 1
    server.should_exit = True
    for task in tasks:
        task.cancel()
    await asyncio.wait([web, *tasks], timeout=STOP_SECONDS)
    await running.close()
    log.info("stopped", code=code)
    return code


async def _watch(health: Health) -> None:
    """The watchdog: a silent loop ends the process, because nobody restarts a silent one."""
    while True:
        await asyncio.sleep(2)
        silent = health.silent()
        if silent:
            raise RuntimeError(f"no sign of life from {', '.join(silent)}")

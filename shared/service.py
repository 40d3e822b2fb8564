"""How a service is put together and run; the same for all three.

Crash-only: when any loop ends unexpectedly, the process exits with a nonzero code, and its
supervisor starts it again. The database holds everything that matters.
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared import db, logs
from shared.audit_file import CheckpointFile
from shared.audit_sealer import Sealer
from shared.clock import Clock, SystemClock
from shared.clock_guard import ClockGuard
from shared.events import Event
from shared.health import Health
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.lookout import FindMoments, Lookout
from shared.loops import Loop, LoopWaker
from shared.messaging.access import BrokerAccess
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.feed import Feed
from shared.messaging.key_tasks import KeyTasks
from shared.messaging.macs import EventKeys
from shared.messaging.own_history import OwnHistory
from shared.messaging.recovery import Forgotten, Inputs, Reapply, Recovery
from shared.messaging.relay import Relay
from shared.messaging.settle import BeforeCommit, Handlers, Settler
from shared.messaging.timers import TimerHandler, Timers
from shared.settings import ServiceSettings, key_of, keys_of
from shared.transaction import Database, Timer
from shared.vault import Vault
from shared.webui import add_pages
from shared.webui.body_limits import LimitBodies
from shared.webui.other_sites import RefuseOtherSites
from shared.webui.problems import add_problems
from shared.webui.server import serve_pages, web_server

S = TypeVar("S", bound=ServiceSettings)

STOP_SECONDS = 12.0
"""How long the loops may take to finish; our supervisor waits longer before it kills us."""

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""The framework's own telemetry would log addresses, and an offer's address opens the offer."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a service adds to the core: who handles what, which pages, which loops."""

    events: Handlers
    timers: Mapping[type[Timer], TimerHandler]
    tasks: KeyTasks
    reapply: Mapping[type[Event], Reapply] = field(default_factory=dict)
    """How an own event is applied again to a database that was restored and has forgotten it."""
    before_recovery: Callable[[Forgotten, Inputs], Awaitable[Sequence[str]]] | None = None
    """What else has to be fetched again before the service goes on; returns lines for people."""
    routers: Sequence[APIRouter] = ()
    loops: Sequence[Loop] = ()
    moments: FindMoments | None = None
    """When loops of the service itself have something to do."""
    before_commit: BeforeCommit | None = None
    """What else a transaction does that has applied records."""
    close: Callable[[], Awaitable[None]] | None = None
    """What a command that ends closes, so that nothing complains of it."""


@dataclass(frozen=True, slots=True)
class Core(Generic[S]):
    """What the core gives a service to build its parts from."""

    settings: S
    database: Database
    vault: Vault
    clock: Clock
    history: OwnHistory
    """Whether the database knows what it has published; while it is behind, nothing is decided."""
    guard: ClockGuard
    """Whether the clock may be acted upon; while it may not, nothing is fired or sent."""
    feed: Feed = field(default_factory=Feed)
    """What this process has read to its end, as its consumer sees it."""


@dataclass(frozen=True, slots=True)
class Service(Generic[S]):
    """A service: its name, its settings and its wiring."""

    name: str
    settings: type[S]
    wire: Callable[[Core[S]], Wiring]
    migrations: Path
    fetch_min_bytes: int = 1
    """How many bytes the consumer waits for, 0.2 s at most. More than one where nobody waits for
    the result: fewer, larger fetches leave the machine to work that somebody waits for."""


@dataclass(slots=True)
class Running:
    """An assembled service: the app to serve and the loops to run."""

    app: FastAPI
    inner_app: FastAPI
    """Only for those who run the service."""
    loops: Sequence[Loop]
    health: Health
    pools: Sequence[db.Pool]

    async def close(self) -> None:
        for pool in self.pools:
            pool.terminate()


async def assemble(service: Service[S], settings: S, clock: Clock) -> Running:
    """Build everything without connecting yet, so a service starts even while others are away."""
    url = settings.database_url.get_secret_value()
    pool = await db.open_pool(url, size=settings.database_connections, application=service.name)
    vault_pool = await db.open_pool(
        settings.vault_database_url.get_secret_value(), size=3, application=service.name
    )
    waker = LoopWaker()
    database = Database(pool, clock, service.name, waker)
    vault = Vault(vault_pool, key_of(settings.key_encryption_key))
    history, guard = history_of(service.name, settings), guard_of(clock, settings)
    core = Core(settings, database, vault, clock, history, guard)
    parts = service.wire(core)
    relay = Relay(database_url=url, history=history)
    consumer = _consumer(service, core, parts)
    timers = Timers(database=database, handlers=parts.timers, history=history, guard=guard)
    lookout = Lookout(database, parts.moments)
    file = checkpoint_file(settings)
    sealer = Sealer(pool, clock, file.key, file, Heartbeat("audit", silent_after=60))
    loops = [
        Loop("relay", relay.run, relay.heartbeat, relay.wake),
        Loop("consumer", consumer.run, consumer.heartbeat, consumer.wake),
        Loop("timers", timers.run, timers.heartbeat, timers.wake),
        Loop("audit", sealer.run, sealer.heartbeat, sealer.wake),
        Loop("lookout", lookout.run, lookout.heartbeat),
        *parts.loops,
    ]
    waker.fill(loops)
    heartbeats = [loop.heartbeat for loop in loops] + [consumer.moved]
    health = Health(database, relay, consumer, guard, history, heartbeats)
    loops.append(Loop("health", health.run, Heartbeat("health", silent_after=float("inf"))))
    app = _app(service.name, [*parts.routers, health.routes()])
    inner_app = _app(service.name, [health.inner_routes()])
    return Running(app, inner_app, loops, health, [pool, vault_pool])


def checkpoint_file(settings: ServiceSettings) -> CheckpointFile:
    """Where the audit's checkpoints are kept outside the database."""
    return CheckpointFile(settings.audit_checkpoints, key_of(settings.audit_key))


def guard_of(clock: Clock, settings: ServiceSettings) -> ClockGuard:
    """What judges the clock of this process; it has not looked yet."""
    return ClockGuard(clock, timedelta(seconds=settings.longest_standstill_seconds))


def history_of(service: str, settings: ServiceSettings) -> OwnHistory:
    """The service's own history, not checked yet."""
    keys = EventKeys(
        {
            "intake": keys_of(settings.intake_event_keys),
            "matching": keys_of(settings.matching_event_keys),
            "notifications": keys_of(settings.notifications_event_keys),
        }
    )
    access = BrokerAccess(
        settings.kafka_bootstrap_servers,
        settings.kafka_security_protocol,
        settings.kafka_username,
        settings.kafka_password.get_secret_value(),
        settings.kafka_ca_file,
    )
    return OwnHistory(service, access, keys)


def settler_of(core: Core[S], parts: Wiring) -> Settler:
    """What applies records with the service's handlers."""
    return Settler(
        core.database,
        core.guard,
        parts.events,
        key_of(core.settings.record_key),
        core.history.keys,
        parts.tasks,
        core.settings.dead_letter_limit,
        parts.before_commit,
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
        database_url=settings.database_url.get_secret_value(),
        session_timeout_ms=settings.session_timeout_ms,
        fetch_min_bytes=service.fetch_min_bytes,
        feed=core.feed,
    )


def _app(name: str, routers: Sequence[APIRouter]) -> FastAPI:
    app = FastAPI(
        title=f"Alongside {name}",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send people to whatever the Host header names
        telemetry=NO_TELEMETRY,
    )
    for router in routers:
        app.include_router(router)
    app.add_middleware(RefuseOtherSites)
    app.add_middleware(LimitBodies)
    add_pages(app)
    add_problems(app)
    return app


async def serve(service: Service[S], settings: S, clock: Clock | None = None) -> int:
    """Run the service until a signal or until one of its loops ends. Returns the exit code."""
    logs.configure(service.name)
    running = await assemble(service, settings, clock or SystemClock())
    server = web_server(running.app, settings.host, settings.port, settings)
    inner = web_server(running.inner_app, settings.inner_host, settings.inner_port, settings)
    tasks = {asyncio.ensure_future(loop.run()): loop.name for loop in running.loops}
    tasks[asyncio.ensure_future(_watch(running.health))] = "watchdog"
    tasks[asyncio.ensure_future(serve_pages(inner))] = "inner_pages"
    web = asyncio.ensure_future(serve_pages(server))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
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
    """The watchdog: a silent loop ends the process, because nothing restarts a single loop."""
    while True:
        await asyncio.sleep(2)
        silent = health.silent()
        if silent:
            raise RuntimeError(f"no sign of life from {', '.join(silent)}")

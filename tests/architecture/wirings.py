"""The wiring tables of the three services as they are, built without connecting to anything."""

import ast
import asyncio
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from deploy.local.environment import Ports, Site
from deploy.local.provision import SERVICES
from services.notifications.sending.sender import Sender
from shared.command import open_core
from shared.events import EVENT_TYPES
from shared.service import Service, Wiring
from shared.settings import ServiceSettings
from tests.architecture.tree import files, syntax_of

S = TypeVar("S", bound=ServiceSettings)


@cache
def parts() -> dict[str, Wiring]:
    """What each service adds to the core: its tables of events and timers."""
    with tempfile.TemporaryDirectory() as folder:
        ports = Ports(1, 2, 3, 4, 5, 6, 7)
        site = Site(Path(folder), ports, postgres_bin=Path(folder))
        return asyncio.run(_wired(site))


async def _wired(site: Site) -> dict[str, Wiring]:
    wirings = {name: import_module(f"services.{name}.wiring") for name in SERVICES}
    return {name: await _parts_of(wiring.SERVICE, site) for name, wiring in wirings.items()}


async def _parts_of(service: Service[S], site: Site) -> Wiring:
    settings = service.settings.read(site.service(service.name))
    core, pools = await open_core(service, settings)
    try:
        wired = service.wire(core)
        await _close_channels(wired)
        return wired
    finally:
        for pool in pools:
            pool.terminate()


async def _close_channels(wired: Wiring) -> None:
    """The sender holds an HTTP session from the start; nobody else will close it here."""
    for loop in wired.loops:
        sender = getattr(loop.run, "__self__", None)
        if isinstance(sender, Sender):
            await sender._providers.sms.close()


def consumers(event_type: str) -> list[str]:
    """The services that handle a type."""
    kind = EVENT_TYPES[event_type]
    return [name for name in SERVICES if kind in parts()[name].events]


@cache
def emitted() -> dict[str, list[str]]:
    """For each service the types that its code makes events of, besides its tables."""
    by_class = {kind.__name__: kind.type for kind in EVENT_TYPES.values()}
    return {
        name: sorted(
            {
                by_class[made]
                for file in files(f"services/{name}")
                for made in _made(syntax_of(file))
                if made in by_class
            }
        )
        for name in SERVICES
    }


def _made(module: ast.Module) -> set[str]:
    return {
        call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute)
    }

"""The wiring tables of the three services as they are, built without connecting to anything."""

import ast
import asyncio
import inspect
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute

from deploy.local.environment import Ports, Site
from deploy.local.provision import SERVICES
from shared.command import open_core
from shared.events import EVENT_TYPES
from shared.service import Service, Wiring
from shared.settings import ServiceSettings
from tests.architecture.calls import Place, reached
from tests.architecture.lints import Function, nodes_of
from tests.architecture.tree import PRODUCT, files, syntax_of

S = TypeVar("S", bound=ServiceSettings)


@cache
def parts() -> dict[str, Wiring]:
    """What each service adds to the core: its tables of events and timers."""
    with tempfile.TemporaryDirectory() as folder:
        ports = Ports(*range(1, 11))
        site = Site(Path(folder), ports, postgres_bin=Path(folder))
        return asyncio.run(_wired(site))


def of_services() -> dict[str, ModuleType]:
    """The module that wires each service."""
    return {name: import_module(f"services.{name}.wiring") for name in SERVICES}


async def _wired(site: Site) -> dict[str, Wiring]:
    found = of_services().items()
    return {name: await _parts_of(wiring.SERVICE, site) for name, wiring in found}


async def _parts_of(service: Service[S], site: Site) -> Wiring:
    settings = service.settings.read(site.service(service.name))
    core, pools = await open_core(service, settings)
    try:
        wired = service.wire(core)
        if wired.close is not None:
            await wired.close()
        return wired
    finally:
        for pool in pools:
            pool.terminate()


def routes(service: str) -> set[tuple[str, str]]:
    """The pages and interfaces of a service: method and path."""
    return {
        (method, route.path)
        for router in parts()[service].routers
        for route in _routes_of(router)
        for method in route.methods or ()
    }


def _routes_of(router: APIRouter) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]


@cache
def wired() -> set[Place]:
    """Every function that a handler, a timer, a page or a command leads to.

    Methods count as called: what an object that came from elsewhere does is not followed.
    """
    methods = {
        (file, one.name)
        for file in files(*PRODUCT)
        for node in nodes_of(syntax_of(file))
        if isinstance(node, ast.ClassDef)
        for one in node.body
        if isinstance(one, Function)
    }
    return reached({*methods, *(place for name in SERVICES for place in _begun_by(parts()[name]))})


def _begun_by(wiring: Wiring) -> Iterator[Place]:
    functions: list[Callable[..., object]] = [
        *(handler.fn for handler in wiring.events.values()),
        *wiring.timers.values(),
        *wiring.reapply.values(),
        *(route.endpoint for router in wiring.routers for route in _routes_of(router)),
    ]
    for function in functions:
        plain = function.func if isinstance(function, partial) else function
        yield Path(inspect.getfile(plain)), plain.__name__


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

"""Every address of the services, as their apps have them: a new one is covered by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from fastapi.routing import APIRoute

from shared.health import Health
from tests.architecture.wirings import parts

FIXED = ("/static/style.css", "/static/", "/static/../app.py", "/nowhere", "//evil.example/a")
"""What no router lists: files, and addresses that nobody serves."""


ENDINGS = ("sign-out", "revoke-consent", "withdraw", "end")
"""What ends what other addresses are about; asked last."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address with one method; `path` holds its parameters in braces."""

    service: str
    method: str
    path: str
    fields: tuple[str, ...] = ()
    """What its function takes from a form, a query or a document."""

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(part.split("}")[0] for part in self.path.split("{")[1:])

    @property
    def changes_something(self) -> bool:
        return self.method not in ("GET", "HEAD")


def routes() -> list[Route]:
    """All of them, with those that every service has."""
    return sorted(set(_routes()), key=lambda one: (one.path.endswith(ENDINGS), str(one)))


def _routes() -> Iterator[Route]:
    common = Health.routes(cast(Health, None))
    for service, wiring in parts().items():
        for router in (*wiring.routers, common):
            for route in router.routes:
                assert isinstance(route, APIRoute)
                taken = (*route.dependant.body_params, *route.dependant.query_params)
                fields = tuple(sorted(one.alias for one in taken))
                for method in route.methods or ():
                    yield Route(service, method, route.path, fields)
        for path in FIXED:
            yield Route(service, "GET", path)

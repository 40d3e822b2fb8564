"""Which programs make up the local stack, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from deploy.local import leftovers, wal_archive
from deploy.local.child import Child, mark_of
from deploy.local.environment import Ports, Site
from deploy.local.home import Home
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres, client_programs
from deploy.local.program import Program
from deploy.local.provision import SERVICES

ENGINES: Final = ("postgres", "kafka")
PROGRAMS: Final = (*ENGINES, "simulator", *SERVICES)
"""Everything that is kept running."""

SETUP: Final = "setup"
"""Log of what runs once after a start: roles, databases, migrations, topics."""

Step: TypeAlias = tuple[tuple[str, ...], dict[str, str]]
"""A module with its arguments, and its environment."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The programs of one installation and what must be run before the services can be."""

    site: Site
    postgres: Postgres
    kafka: Kafka
    simulator: Program
    services: tuple[Program, ...]
    migrations: tuple[Step, ...]
    """To run side by side once PostgreSQL is ready and has its databases."""
    topics: Step
    """To run once Kafka is ready; services wait for their topics by themselves."""

    @property
    def children(self) -> tuple[Child, ...]:
        """All programs, in the order of `PROGRAMS`."""
        return (self.postgres, self.kafka, self.simulator, *self.services)


def site_of(home: Home, ports: Ports) -> Site:
    """The addresses, secrets and environments of an installation.

    Of the one that was started last: `site_of(home, home.last_ports())`.
    """
    return Site(folder=home.folder, ports=ports, postgres_bin=client_programs())


def build(home: Home, ports: Ports) -> Stack:
    """The programs of `home` on `ports`; nothing is started."""
    site = site_of(home, ports)
    simulator = Program(
        "simulator",
        home.logs,
        ports.simulator,
        ("deploy.simulator",),
        site.simulator(),
        health="/livez",
    )
    services = tuple(
        Program(name, home.logs, ports.of(name), (f"services.{name}", "serve"), site.service(name))
        for name in SERVICES
    )
    return Stack(
        site=site,
        postgres=Postgres(home.engines / "postgres", ports.postgres, _archiving(home)),
        kafka=Kafka(home.engines / "kafka", ports.kafka),
        simulator=simulator,
        services=services,
        migrations=_migrations(site),
        topics=_topics(site),
    )


def _archiving(home: Home) -> Mapping[str, str]:
    archive = wal_archive.chosen(home)
    return archive.settings if archive else {}


def _migrations(site: Site) -> tuple[Step, ...]:
    vault: Step = (("shared.vault", "migrate"), site.vault_migration())
    return (
        vault,
        *(((f"services.{name}", "migrate"), site.service_migration(name)) for name in SERVICES),
    )


def _topics(site: Site) -> Step:
    servers = ("--bootstrap-servers", site.bootstrap_servers)
    return ("deploy.kafka.topics", *servers, "--replication-factor", "1"), site.base()


def sweep(home: Home) -> list[str]:
    """End what a killed run of this installation has left running; the names of those."""
    folders = {name: home.engines / name if name in ENGINES else home.logs for name in PROGRAMS}
    folders[SETUP] = home.logs
    # Services before the engines they would complain about.
    return [name for name in reversed(folders) if leftovers.end(mark_of(name, folders[name]))]

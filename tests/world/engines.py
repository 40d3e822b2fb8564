"""One PostgreSQL and one Kafka for the whole test run; databases are cloned from templates."""

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import asyncpg

from deploy.kafka.topics import create_missing, declared
from deploy.local.account import cache_folder, scratch_folder
from deploy.local.environment import Ports, Site
from deploy.local.jars import kafka_jars
from deploy.local.kafka import Kafka
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, client_programs
from deploy.local.program import run_to_end
from deploy.local.provision import SERVICES, VAULT, create_database, provision
from deploy.local.wal_archive import WalArchive
from shared.events import OWNERS, TOPICS
from tests.world.event_keys import write_event_keys
from tests.world.topics import ends_of

_numbers = itertools.count(1)

_CONSUMED = "INSERT INTO consumed_positions VALUES ($1, $2, $3, $3)"
_PUBLISHED = "INSERT INTO published_positions VALUES ($1, $2, $3)"


@dataclass(slots=True)
class Engines:
    """The servers of this run, and the templates that every world is cloned from."""

    folder: Path
    postgres: Postgres
    kafka: Kafka
    archive: WalArchive | None = None
    template: Site = field(init=False)
    used_by: Site | None = None
    """The site whose services run: those of two would share consumer groups and topics."""

    def __post_init__(self) -> None:
        self.template = self._site("template", {name: name for name in (*SERVICES, VAULT)})

    def _site(self, name: str, databases: dict[str, str]) -> Site:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        # Roles belong to the server, so every site has the passwords of the first one.
        if name != "template":
            (folder / "secrets").mkdir(exist_ok=True)
            for file in (self.folder / "template" / "secrets").glob("*.password"):
                copy = folder / "secrets" / file.name
                copy.write_text(file.read_text())
                copy.chmod(0o600)
        (folder / "secrets").mkdir(exist_ok=True)
        write_event_keys(folder / "secrets")
        ports = Ports(
            postgres=self.postgres.port,
            kafka=self.kafka.port,
            intake=free_port(),
            matching=free_port(),
            notifications=free_port(),
            simulator=free_port(),
            mail=free_port(),
            intake_inner=free_port(),
            matching_inner=free_port(),
            notifications_inner=free_port(),
        )
        return Site(folder, ports, client_programs(), databases)

    def prepare(self) -> None:
        """Roles, databases, schemas and topics, once."""
        passwords = self.template.passwords()
        asyncio.run(provision(self.postgres.url(), passwords))
        log = self.folder / "migrations.log"
        run_to_end(("shared.vault", "migrate"), self.template.vault_migration(), log, "tests")
        for name in SERVICES:
            variables = self.template.service_migration(name)
            run_to_end((f"services.{name}", "migrate"), variables, log, "tests")
        asyncio.run(create_missing(self.kafka.bootstrap, declared()))

    def hand_to(self, site: Site) -> None:
        """Services of this site start. Raises AssertionError while those of another one run."""
        assert self.used_by in (None, site), f"{self.used_by} still runs beside {site.folder.name}"
        self.used_by = site

    async def new_site(self) -> Site:
        """Fresh databases of all services and the vault, with secrets and ports of their own."""
        name = f"world_{next(_numbers)}"
        databases = {one: f"{one}_{name}" for one in (*SERVICES, VAULT)}
        connection = await asyncpg.connect(self.postgres.url())
        try:
            for one, database in databases.items():
                users = SERVICES if one == VAULT else (one,)
                await create_database(
                    connection,
                    database,
                    owner=f"{one}_owner",
                    users=[f"{one}_owner", *users],
                    template=one,
                )
        finally:
            await connection.close()
        await self._begin_behind_earlier_worlds(databases)
        return self._site(name, databases)

    async def _begin_behind_earlier_worlds(self, databases: dict[str, str]) -> None:
        """All worlds share the topics; each is to know only what it puts there itself."""
        ends = await ends_of(self.kafka.bootstrap, TOPICS)
        for service in SERVICES:
            connection = await asyncpg.connect(self.postgres.url(databases[service]))
            places = [(part.topic, part.partition, end) for part, end in ends.items()]
            own = [one for one in places if OWNERS[one[0]] == service]
            try:
                await connection.executemany(_CONSUMED, places)
                await connection.executemany(_PUBLISHED, own)
            finally:
                await connection.close()


@contextmanager
def running_engines(
    *, archived: bool = False, settings: Mapping[str, str | None] = MappingProxyType({})
) -> Iterator[Engines]:
    """Start both servers, prepare the templates, and stop both at the end.

    `archived`: keep PostgreSQL's log, so that a world can go back to a moment.
    """
    with scratch_folder() as folder:
        archive = WalArchive(folder / "archive") if archived else None
        if archive is not None:
            archive.open(None)
        of_archive = archive.settings if archive else {}
        postgres = Postgres(folder / "postgres", settings={**settings, **of_archive})
        kafka = Kafka(folder / "kafka", jars=kafka_jars(cache_folder()))
        with postgres, kafka:
            engines = Engines(folder, postgres, kafka, archive)
            engines.prepare()
            yield engines

"""Every place where no planted string may lie, as bytes."""

import httpx2
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.provision import SERVICES, VAULT
from tests.integration.canaries.search import Places
from tests.world.system import System
from tests.world.topics import Ends, ends_of, records_since


def logs(system: System) -> Places:
    """What every process has written, the engines and the audit's checkpoints included."""
    files = [*system.site.folder.glob("*/*.log"), *system.site.folder.glob("audit/*")]
    engines = (system.engines.postgres.log, system.engines.kafka.log)
    return {f"file {file.name}": [file.read_bytes()] for file in (*files, *engines)}


async def metrics(system: System) -> Places:
    """What Prometheus is told."""
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        pages = {name: await client.get(f"{system.inner_url(name)}/metrics") for name in SERVICES}
    assert all("alongside_" in page.text for page in pages.values())
    return {f"/metrics of {name}": [page.content] for name, page in pages.items()}


async def all_topics(bootstrap: str) -> list[str]:
    """All that the broker has, its own record of the groups included."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return sorted(await admin.list_topics())
    finally:
        await admin.close()


async def topic_ends(system: System) -> Ends:
    bootstrap = system.engines.kafka.bootstrap
    return await ends_of(bootstrap, await all_topics(bootstrap))


async def topics(system: System, since: Ends) -> Places:
    """Keys, headers and values of every record behind `since`."""
    bootstrap = system.engines.kafka.bootstrap
    places: dict[str, list[bytes]] = {}
    for record in await records_since(bootstrap, await all_topics(bootstrap), since):
        headers = [part for name, value in record.headers for part in (name.encode(), value)]
        pieces = [record.key, record.value, *headers]
        places.setdefault(f"topic {record.topic}", []).extend(one for one in pieces if one)
    return places


_COLUMNS = """
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


async def databases(system: System) -> Places:
    """Every value of every column of every table of all databases; only ciphertext is opaque."""
    places: dict[str, list[bytes]] = {}
    for name in (*SERVICES, VAULT):
        async with system.database(name) as connection:
            for table in [row["table_name"] for row in await connection.fetch(_COLUMNS)]:
                for row in await connection.fetch(f'SELECT * FROM "{table}"'):  # noqa: S608 (a name of ours)
                    for column, value in row.items():
                        places.setdefault(f"{name}.{table}.{column}", []).append(as_bytes(value))
    return places


def as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()

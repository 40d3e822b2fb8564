from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.account import scratch_folder
from deploy.local.postgres import Postgres
from deploy.local.provision import LOGINS, SERVICES, create_database, provision

pytestmark = pytest.mark.timeout(60)

PASSWORDS = {role: f"of-{role}'\"%s" for role in LOGINS}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with scratch_folder() as folder, Postgres(Path(folder) / "pg", settings={"fsync": "off"}) as pg:
        yield pg


async def connect(server: Postgres, database: str, role: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host="127.0.0.1", port=server.port, database=database, user=role, password=PASSWORDS[role]
    )


async def test_a_service_works_with_its_owners_tables_and_may_not_change_them(
    server: Postgres,
) -> None:
    await provision(server.url(), PASSWORDS)
    await provision(server.url(), PASSWORDS)
    for service in SERVICES:
        owner = await connect(server, service, f"{service}_owner")
        await owner.execute("CREATE TABLE notes (note_id serial, text text)")
        await owner.close()
        user = await connect(server, service, service)
        await user.execute("INSERT INTO notes (text) VALUES ('a')")
        await user.execute("UPDATE notes SET text = 'b'")
        assert await user.fetchval("SELECT text FROM notes") == "b"
        await user.execute("DELETE FROM notes")
        for forbidden in ("TRUNCATE notes", "DROP TABLE notes", "CREATE TABLE mine ()"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute(forbidden)
        await user.close()


async def test_a_service_cannot_enter_anothers_database_but_all_can_enter_the_vault(
    server: Postgres,
) -> None:
    await provision(server.url(), PASSWORDS)
    for service in SERVICES:
        for other in {*SERVICES} - {service}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connect(server, other, service)
        vault = await connect(server, "vault", service)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await vault.execute("CREATE TABLE mine ()")
        await vault.close()


async def test_no_service_can_pass_row_level_security_and_only_intake_takes_on_its_request_role(
    server: Postgres,
) -> None:
    await provision(server.url(), PASSWORDS)
    for service in SERVICES:
        user = await connect(server, service, service)
        row = await user.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit"
            "  FROM pg_roles WHERE rolname = current_user"
        )
        assert row is not None
        assert not any(row.values())
        if service == "intake":
            await user.execute("SET ROLE intake_web")
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute("SET ROLE intake_web")
        await user.close()


async def test_a_clone_has_the_tables_of_its_template_and_the_rights_it_is_given(
    server: Postgres,
) -> None:
    await provision(server.url(), PASSWORDS)
    owner = await connect(server, "matching", "matching_owner")
    await owner.execute("CREATE TABLE originals (word text)")
    await owner.close()
    superuser = await asyncpg.connect(server.url())
    await create_database(
        superuser,
        "matching_clone",
        owner="matching_owner",
        users=["matching_owner", "matching"],
        template="matching",
    )
    await superuser.close()
    user = await connect(server, "matching_clone", "matching")
    await user.execute("INSERT INTO originals VALUES ('here')")
    await user.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(server, "matching_clone", "notifications")

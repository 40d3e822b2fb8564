"""What the database itself refuses: other clinics' rows, other services' data, a changed past."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.local.provision import LOGINS, REQUEST_ROLE, SERVICES, VAULT
from services.intake.store import referrals
from services.intake.timers import ReferralDeadlinePassed
from shared.events import HoldClass, ReferralReleased
from tests.e2e.conftest import OTHER_KEY
from tests.integration.core.intake import Intake
from tests.integration.core.store import open_database
from tests.world.engines import Engines
from tests.world.stories import clinic, submission
from tests.world.system import System, checkpoints, until

pytestmark = pytest.mark.timeout(120)

GUARDED = ("happenings", "people", "referrals", "referrals_counted")
"""Tables with rows of clinics; the test below fails when one is added without its rule."""

NOT_CHANGED_BY_REQUESTS = ("clinic_sessions", "idempotency_keys")
"""They have their rule too; a request reads or adds at most."""


@pytest.fixture(scope="module")
def intake(engines: Engines) -> Iterator[Intake]:
    """Two clinics with one referral each; intake itself has ended, so its audit log stands."""
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic(), clinic("other-clinic", api_key=OTHER_KEY)])
        world.start(["intake"])
        asyncio.run(submit_for_both(world))
        asyncio.run(until_sealed(world))
        world.stop()
        yield Intake(world)
    finally:
        world.stop()


async def submit_for_both(world: System) -> None:
    async with world.http() as client:
        for key in (None, OTHER_KEY):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            url = f"{world.url('intake')}/v1/referrals"
            answer = await client.post(url, json=submission(1), headers=headers)
            assert answer.status_code == 201


async def until_sealed(world: System) -> None:
    async def sealed() -> bool:
        async with world.database("intake") as connection:
            rows = await connection.fetchrow(
                "SELECT (SELECT count(*) FROM audit) AS rows, count(*) AS links FROM audit_links"
            )
        return bool(rows and rows["rows"] == rows["links"] >= 2)

    await until(sealed, what="the audit rows to be sealed")


@asynccontextmanager
async def signed_in(
    intake: Intake, role: str, database: str
) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A session with no more rights than the role's."""
    connection = await asyncpg.connect(intake.system.site.database_url(database, role))
    try:
        yield connection
    finally:
        await connection.close()


async def clinics_of(intake: Intake) -> list[UUID]:
    async with intake.system.database("intake") as connection:
        return [row["clinic_id"] for row in await connection.fetch("SELECT clinic_id FROM clinics")]


async def test_every_table_with_rows_of_a_clinic_is_guarded(intake: Intake) -> None:
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS guarded "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND a.attname = 'clinic_id' AND c.relname <> 'clinics'"
        )
    assert {row["relname"]: row["guarded"] for row in rows} == dict.fromkeys(
        (*GUARDED, *NOT_CHANGED_BY_REQUESTS), True
    )


@pytest.mark.parametrize("table", GUARDED)
async def test_a_request_sees_and_changes_only_rows_of_its_clinic(
    intake: Intake, table: str
) -> None:
    mine, other = await clinics_of(intake)
    async with intake.system.database("intake") as connection:
        there = await connection.fetch(f"SELECT DISTINCT clinic_id FROM {table}")  # noqa: S608 (a name of ours)
    assert {row["clinic_id"] for row in there} == {mine, other}
    async with open_database(intake.system.site) as database:
        async with database.tenant_tx(mine) as tx:
            seen = await tx.connection.fetch(f"SELECT clinic_id FROM {table}")  # noqa: S608 (a name of ours)
            assert {row["clinic_id"] for row in seen} == {mine}
            changed = await tx.connection.fetch(
                f"UPDATE {table} SET clinic_id = clinic_id WHERE clinic_id = $1 RETURNING true",  # noqa: S608 (a name of ours)
                other,
            )
            assert changed == []
        moving = f"UPDATE {table} SET clinic_id = $1"  # noqa: S608 (a name of ours)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with database.tenant_tx(mine) as tx:
                await tx.connection.execute(moving, other)


async def referral_of(intake: Intake, clinic_id: UUID) -> UUID:
    async with intake.system.database("intake") as connection:
        found = await connection.fetchval(
            "SELECT referral_id FROM referrals WHERE clinic_id = $1", clinic_id
        )
    return UUID(str(found))


async def test_a_request_sees_no_clinics_key(intake: Intake) -> None:
    mine, _ = await clinics_of(intake)
    async with open_database(intake.system.site) as database:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="clinics"):
            async with database.tenant_tx(mine) as tx:
                await tx.connection.fetch("SELECT api_secret_hash FROM clinics")


async def test_a_request_neither_cancels_nor_sets_another_clinics_timers(intake: Intake) -> None:
    mine, other = await clinics_of(intake)
    foreign, now = await referral_of(intake, other), datetime.now(UTC)
    async with open_database(intake.system.site) as database:
        async with database.tenant_tx(mine) as tx:
            tx.cancel_all(foreign)
            gone = await tx.connection.fetch("DELETE FROM timers RETURNING subject_id")
            assert {row["subject_id"] for row in gone} <= {await referral_of(intake, mine)}
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with database.tenant_tx(mine) as tx:
                tx.schedule(now, ReferralDeadlinePassed(referral_id=foreign))
    async with intake.system.database("intake") as connection:
        assert await connection.fetchval(
            "SELECT count(*) FROM timers WHERE subject_id = $1", foreign
        )


async def test_a_request_can_tell_nothing_of_another_clinics_referral(intake: Intake) -> None:
    mine, other = await clinics_of(intake)
    released = partial(ReferralReleased, hold=HoldClass.SAFETY)
    async with open_database(intake.system.site) as database:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with database.tenant_tx(mine) as tx:
                tx.emit(released(referral_id=await referral_of(intake, other)))
        async with database.tenant_tx(mine) as tx:
            tx.emit(released(referral_id=await referral_of(intake, mine)))


async def test_a_request_without_a_clinic_sees_nothing(intake: Intake) -> None:
    async with signed_in(intake, "intake", "intake") as connection, connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {REQUEST_ROLE}")
        for table in GUARDED:
            count = f"SELECT count(*) FROM {table}"  # noqa: S608 (a name of ours)
            assert await connection.fetchval(count) == 0


async def test_the_clinic_of_a_request_is_forgotten_with_its_transaction(intake: Intake) -> None:
    mine, _ = await clinics_of(intake)
    async with open_database(intake.system.site) as database:
        async with database.tenant_tx(mine) as tx:
            pid = await tx.connection.fetchval("SELECT pg_backend_pid()")
        async with database.transaction() as tx:
            assert await tx.connection.fetchval("SELECT pg_backend_pid()") == pid
            assert not await tx.connection.fetchval("SELECT current_setting('app.clinic', true)")
            assert await tx.connection.fetchval("SELECT current_user") == "intake"


async def test_the_applications_own_queries_find_no_other_clinics_referral(
    intake: Intake,
) -> None:
    mine, other = await clinics_of(intake)
    async with intake.system.database("intake") as connection:
        foreign = await connection.fetchval(
            "SELECT referral_id FROM referrals WHERE clinic_id = $1", other
        )
    async with open_database(intake.system.site) as database:
        async with database.tenant_tx(mine) as tx:
            assert await referrals.locked(tx.connection, foreign) is None
        async with database.tenant_tx(other) as tx:
            assert await referrals.locked(tx.connection, foreign) is not None


@pytest.mark.parametrize("role", SERVICES)
@pytest.mark.parametrize("database", SERVICES)
async def test_a_service_cannot_even_connect_to_anothers_database(
    intake: Intake, role: str, database: str
) -> None:
    if role == database:
        async with signed_in(intake, role, database) as connection:
            assert await connection.fetchval("SELECT count(*) FROM outbox") >= 0
        return
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        async with signed_in(intake, role, database):
            pass


async def test_no_login_is_exempt_from_the_rules(intake: Intake) -> None:
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[]) AND "
            "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit)",
            [*LOGINS, REQUEST_ROLE],
        )
    assert rows == []


_MAKE = "INSERT INTO data_keys (key_id, wrapped) VALUES ($1, '\\x00')"
_MAKE_FOR = "INSERT INTO data_keys (key_id, owner, wrapped) VALUES ($1, $2, '\\x00')"
_SHRED = "DELETE FROM data_keys WHERE key_id = $1"


async def test_keys_are_made_and_shredded_by_their_own_service_only(intake: Intake) -> None:
    keys = {name: uuid4() for name in ("intake", "matching")}
    for name, key in keys.items():
        async with signed_in(intake, name, VAULT) as vault:
            await vault.execute(_MAKE, key)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await vault.execute(_MAKE_FOR, uuid4(), "notifications")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await vault.execute("UPDATE data_keys SET wrapped = '\\x01'")
    async with signed_in(intake, "matching", VAULT) as vault:
        assert await vault.execute(_SHRED, keys["intake"]) == "DELETE 0"
        assert await vault.execute(_SHRED, keys["matching"]) == "DELETE 1"
    async with signed_in(intake, "notifications", VAULT) as vault:
        assert await vault.fetchval(
            "SELECT count(*) FROM data_keys WHERE key_id = $1", keys["intake"]
        )
        for refused in (_MAKE, _SHRED):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await vault.execute(refused, keys["intake"])


CHANGES = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {} CASCADE",
)


@pytest.mark.parametrize("role", ["intake", REQUEST_ROLE])
@pytest.mark.parametrize(
    ("table", "column"),
    [("audit", "actor"), ("audit_links", "hash"), ("audit_checkpoints", "signature")],
)
async def test_the_audit_log_cannot_be_changed_by_the_service(
    intake: Intake, role: str, table: str, column: str
) -> None:
    async with signed_in(intake, "intake", "intake") as connection:
        await connection.execute(f"SET ROLE {role}")
        for change in CHANGES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change.format(table, column, column))


async def test_even_the_owner_meets_the_trigger(intake: Intake) -> None:
    async with signed_in(intake, "intake_owner", "intake") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="insert-only"):
            await connection.execute("UPDATE audit SET actor = 'clinic:nobody'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="insert-only"):
            await connection.execute("DELETE FROM audit")


TAMPERED = {
    "row_changed": "UPDATE audit SET actor = 'clinic:nobody' "
    "WHERE audit_id = (SELECT audit_id FROM audit_links WHERE link_no = 2)",
    "link_changed": "UPDATE audit_links SET hash = '\\x00' WHERE link_no = 2",
    "link_missing": "DELETE FROM audit_links WHERE link_no = 2",
    "cut_off": "DELETE FROM audit_links WHERE link_no > 1",
}


@pytest.mark.parametrize("reason", TAMPERED)
async def test_a_changed_past_is_found_by_the_check(intake: Intake, reason: str) -> None:
    assert intake.command("check").returncode == 0
    await tampered(intake, TAMPERED[reason])
    found = intake.command("check")
    await mended(intake)
    assert found.returncode == 1
    said = "row_changed" if reason == "link_changed" else reason
    assert f"audit chain broken at link 2: {said}" in found.stdout
    assert intake.command("check").returncode == 0


async def test_a_changed_checkpoint_is_found_by_the_check(intake: Intake) -> None:
    file = checkpoints(intake.system.site, "intake")
    kept = file.read_text()
    number, _, signature = kept.splitlines()[-1].partition(" ")
    file.write_text(f"{number} {signature[::-1]}\n")
    found = intake.command("check")
    file.write_text(kept)
    assert found.returncode == 1
    assert f"audit chain broken at link {number}: checkpoint_differs" in found.stdout


async def tampered(intake: Intake, change: str) -> None:
    """As somebody does who has the whole server: with every guard off, keeping a copy."""
    async with intake.system.database("intake") as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("CREATE TABLE kept_audit AS TABLE audit")
        await connection.execute("CREATE TABLE kept_links AS TABLE audit_links")
        await connection.execute(change)


async def mended(intake: Intake) -> None:
    async with intake.system.database("intake") as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE audit SET actor = k.actor FROM kept_audit AS k "
            "WHERE k.audit_id = audit.audit_id; "
            "DELETE FROM audit_links; INSERT INTO audit_links TABLE kept_links; "
            "DROP TABLE kept_audit, kept_links"
        )

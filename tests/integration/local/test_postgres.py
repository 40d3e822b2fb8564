import os
from pathlib import Path

import asyncpg
import pytest

from deploy.local.account import ENGINE_ID
from deploy.local.errors import FolderInUseError, PortTakenError
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import Postgres
from tests.integration.local.processes import is_alive, owner_of

pytestmark = pytest.mark.timeout(60)


async def write(server: Postgres, word: str) -> None:
    connection = await asyncpg.connect(server.url())
    await connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
    await connection.execute("INSERT INTO words VALUES ($1)", word)
    await connection.close()


async def words(server: Postgres) -> list[str]:
    connection = await asyncpg.connect(server.url())
    rows = await connection.fetch("SELECT word FROM words ORDER BY word")
    await connection.close()
    return [row["word"] for row in rows]


async def test_what_was_committed_is_there_after_a_stop(scratch: Path) -> None:
    with Postgres(scratch / "pg") as server:
        await write(server, "kept")
    with Postgres(scratch / "pg") as server:
        assert await words(server) == ["kept"]


async def test_what_was_committed_is_there_after_a_kill_and_no_helper_process_stays(
    scratch: Path,
) -> None:
    server = Postgres(scratch / "pg")
    with server:
        await write(server, "kept")
        pid = server.pid
        server.kill()
        assert server.pid is None
        assert pid is not None
        assert not is_alive(pid)
        server.start()
        server.wait_ready()
        assert await words(server) == ["kept"]


def test_it_never_runs_as_root(scratch: Path) -> None:
    with Postgres(scratch / "pg") as server:
        assert server.pid is not None
        assert owner_of(server.pid) == (ENGINE_ID if os.geteuid() == 0 else os.geteuid())


async def test_only_the_right_password_opens_it_and_its_file_is_closed_to_others(
    scratch: Path,
) -> None:
    with Postgres(scratch / "pg") as server:
        assert (server.folder / "superuser.password").stat().st_mode & 0o777 == 0o600
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url(password="guessed"))


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_a_start(scratch: Path) -> None:
    with Postgres(scratch / "pg"):
        pass
    # Process 1 lives, and is no server of ours.
    (scratch / "pg" / "data" / "postmaster.pid").write_text(f"1\n{scratch}\n0\n5432\n\n*\n0\n")
    with Postgres(scratch / "pg") as server:
        assert server.is_ready()


async def test_a_server_whose_owner_was_killed_is_ended_and_its_data_are_there(
    scratch: Path,
) -> None:
    """The owner's lock goes with its process; here it is let go while the server still runs."""
    orphan = Postgres(scratch / "pg")
    orphan.start()
    orphan.wait_ready()
    await write(orphan, "kept")
    pid = orphan.pid
    assert pid is not None
    orphan._release_folder()
    with Postgres(scratch / "pg") as server:
        assert not is_alive(pid)
        assert await words(server) == ["kept"]
    assert orphan.exit_code is not None


def test_a_folder_in_use_is_refused_and_its_server_goes_on(scratch: Path) -> None:
    with Postgres(scratch / "pg") as server:
        with pytest.raises(FolderInUseError, match="another process runs postgres"):
            Postgres(scratch / "pg").start()
        assert server.is_ready()


def test_a_half_made_cluster_is_made_anew(scratch: Path) -> None:
    (scratch / "pg" / "data.part" / "base").mkdir(parents=True)
    with Postgres(scratch / "pg") as server:
        assert server.is_ready()
    assert not (scratch / "pg" / "data.part").exists()


def test_a_taken_port_is_named_with_the_way_out(scratch: Path) -> None:
    port = free_port()
    taken = pytest.raises(PortTakenError, match=f"port {port} is taken.*choose another")
    with Postgres(scratch / "pg", port=port), taken:
        Postgres(scratch / "other", port=port).start()


def test_it_listens_on_the_loopback_address_at_the_port_it_was_given(scratch: Path) -> None:
    port = free_port()
    with Postgres(scratch / "pg", port=port) as server:
        assert f"@{LOOPBACK}:{port}/" in server.url()
        assert server.is_ready()


async def test_its_log_holds_no_values_of_a_failed_statement(scratch: Path) -> None:
    with Postgres(scratch / "pg") as server:
        await write(server, "x")
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE UNIQUE INDEX ON words (word)")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO words VALUES ('jane-doe'), ('jane-doe')")
        await connection.close()
    assert "duplicate key" in server.log.read_text()
    assert "jane-doe" not in server.log.read_text()

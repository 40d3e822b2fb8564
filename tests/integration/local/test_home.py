import os
import socket
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.local import home as home_module
from deploy.local.account import engine_account
from deploy.local.errors import FolderNotWritableError, LocalError, PortTakenError
from deploy.local.home import NAMES, Home, wanted_ports
from deploy.local.log_view import follow
from deploy.local.logs import cap, tail
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.secret_files import secret


@pytest.fixture
def home(scratch: Path) -> Home:
    home = Home(scratch / "home")
    home.open()
    return home


def listening(port: int) -> socket.socket:
    """Somebody else on a port."""
    return socket.create_server((LOOPBACK, port))


def test_ports_stay_the_same_from_start_to_start(home: Home) -> None:
    first = home.ports({})
    assert len(set(asdict(first).values())) == len(NAMES)
    assert home.ports({}) == first == home.last_ports()


def test_a_port_that_is_taken_meanwhile_is_replaced_and_the_others_stay(home: Home) -> None:
    first = home.ports({})
    with listening(first.intake):
        second = home.ports({})
    assert second.intake != first.intake
    assert {**asdict(second), "intake": first.intake} == asdict(first)


def test_a_port_asked_for_by_number_is_used_or_named_as_taken(home: Home) -> None:
    port = free_port()
    assert home.ports({"intake": port}).intake == port
    taken = pytest.raises(PortTakenError, match=f"port {port} is taken, so matching cannot")
    with listening(port), taken:
        home.ports({"matching": port})


def test_options_win_over_variables_and_both_are_checked() -> None:
    environment = {"ALONGSIDE_INTAKE_PORT": "9001", "ALONGSIDE_KAFKA_PORT": "9002"}
    assert wanted_ports(["intake=9000"], environment) == {"intake": 9000, "kafka": 9002}
    for wrong in ("intake", "intake=http", "intake=0", "intake=65536", "nobody=9000"):
        with pytest.raises(LocalError, match="name=number"):
            wanted_ports([wrong], {})


def test_a_folder_with_other_files_in_it_is_neither_used_nor_deleted(scratch: Path) -> None:
    (scratch / "thesis.txt").write_text("years of work")
    with pytest.raises(FolderNotWritableError, match="not Alongside's"):
        Home(scratch).open()
    Home(scratch).delete()
    assert (scratch / "thesis.txt").exists()


def test_a_file_in_the_place_of_the_folder_is_named_with_the_way_out(scratch: Path) -> None:
    (scratch / "home").write_text("")
    with pytest.raises(FolderNotWritableError, match=r"cannot be written.*ALONGSIDE_HOME"):
        Home(scratch / "home").open()


def test_a_full_disk_is_named_before_anything_is_started(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module, "MIN_FREE_BYTES", 1 << 62)
    with pytest.raises(FolderNotWritableError, match=r"MB left; a start needs.*Free some space"):
        Home(scratch / "home").open()


def test_a_reset_leaves_nothing(home: Home) -> None:
    secret(home.folder / "secrets" / "some.key")
    home.delete()
    assert not home.folder.exists()
    assert not home.exists()


def test_engines_keep_their_data_elsewhere_when_their_account_cannot_come_here(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a checkout below root's home. An ordinary user's own home is open to itself."""
    monkeypatch.setattr(home_module, "_SYSTEM_DATA", scratch / "system")
    (scratch / "root").mkdir()
    (scratch / "root").chmod(0o700)
    home = Home(scratch / "root" / "home")
    home.open()
    is_root = engine_account() is not None
    expected = scratch / "system" if is_root else home.folder
    assert home.engines.is_relative_to(expected)
    (home.engines / "postgres").mkdir(parents=True)
    home.delete()
    assert not list(scratch.rglob("postgres"))


def test_a_secret_is_made_once_closed_to_others_and_long_enough(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "some.key"
    made = secret(file)
    assert len(made) == 43
    assert secret(file) == made
    assert secret(tmp_path / "secrets" / "other.key") != made
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(entry.name for entry in file.parent.iterdir()) == ["other.key", "some.key"]


def test_a_log_that_grows_too_long_starts_anew_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "program.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 300)
        cap(log, limit=1000)
        writer.write(b"new\n")
        cap(log, limit=1000)
    assert log.read_text() == "new\n"
    assert (tmp_path / "program.log.1").stat().st_size == 1200
    assert tail(tmp_path / "program.log.1", 2) == "old\nold"
    assert tail(tmp_path / "absent.log") == ""


def test_following_logs_shows_whole_new_lines_and_a_log_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "program.log"
    log.write_text("before\n")
    lines = follow({"program": log}, pause_seconds=0.0)

    def write() -> None:
        with log.open("a") as file:
            file.write("first\nha")

    writer = threading.Timer(0.05, write)
    writer.start()
    assert next(lines) == ("program", "first")
    writer.join()
    log.write_text("new\n")
    assert next(lines) == ("program", "new")


def test_the_home_is_where_the_variable_says_else_in_the_checkout(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALONGSIDE_HOME", str(scratch / "there"))
    assert Home.here().folder == scratch / "there"
    monkeypatch.delenv("ALONGSIDE_HOME")
    assert Home.here().folder.name == ".alongside"
    assert (Home.here().folder.parent / "pyproject.toml").exists()
    assert os.environ.get("ALONGSIDE_HOME") is None

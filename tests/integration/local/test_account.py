import os
from pathlib import Path

import pytest

from deploy.local.account import (
    ENGINE_ID,
    cache_folder,
    engine_account,
    may_read,
    readable_copy,
    require_reachable,
    scratch_folder,
)
from deploy.local.errors import FolderClosedError

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def closed(scratch: Path) -> Path:
    """A folder as under root's home: only its owner may enter."""
    home = scratch / "home"
    (home / "wheel" / "bin").mkdir(parents=True)
    (home / "wheel.libs").mkdir()
    program = home / "wheel" / "bin" / "server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    (home / "wheel.libs" / "lib.so").write_text("library")
    home.chmod(0o700)
    return home


def test_the_engines_account_is_ours_unless_we_are_root() -> None:
    account = engine_account()
    assert (account.uid if account else None) == (ENGINE_ID if IS_ROOT else None)


def test_binaries_in_a_closed_home_are_copied_whole_to_where_the_account_can_read(
    closed: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user may read its own home, and gets the original."""
    (scratch / "cache").mkdir(mode=0o755)
    monkeypatch.setenv("ALONGSIDE_CACHE", str(scratch / "cache"))
    parts = ("wheel", "wheel.libs")
    found = readable_copy(closed, "server-1.0", parts, "wheel/bin/server")
    assert found == (scratch / "cache" / "server-1.0" if IS_ROOT else closed)
    account = engine_account()
    assert may_read(found / "wheel" / "bin" / "server", account)
    assert may_read(found / "wheel.libs" / "lib.so", account)
    assert os.access(found / "wheel" / "bin" / "server", os.X_OK)
    assert readable_copy(closed, "server-1.0", parts, "wheel/bin/server") == found


def test_a_folder_that_only_root_may_enter_is_refused_for_data(closed: Path) -> None:
    account = engine_account()
    if account is None:
        require_reachable(closed, account)
        return
    with pytest.raises(FolderClosedError, match=r"only root may enter.*choose a folder outside"):
        require_reachable(closed, account)


def test_the_cache_is_where_the_variables_say_and_can_be_read_by_the_engines(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALONGSIDE_CACHE", raising=False)
    (scratch / "xdg" / "alongside").mkdir(parents=True, mode=0o755)
    (scratch / "xdg").chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(scratch / "xdg"))
    assert cache_folder() == scratch / "xdg" / "alongside"
    monkeypatch.setenv("ALONGSIDE_CACHE", str(scratch / "chosen"))
    assert cache_folder() == scratch / "chosen"
    assert may_read(scratch / "chosen", engine_account())


def test_a_scratch_folder_can_be_entered_by_the_engines_and_is_gone_afterwards() -> None:
    with scratch_folder() as folder:
        assert may_read(folder, engine_account())
    assert not folder.exists()

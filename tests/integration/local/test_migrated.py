from pathlib import Path

import pytest

import shared
from deploy.local.migrated import Migrated


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's shared package with one migration."""
    (tmp_path / "shared" / "migrations").mkdir(parents=True)
    (tmp_path / "shared" / "migrations" / "001.sql").write_text("CREATE TABLE a ();")
    monkeypatch.setattr(shared, "__path__", [str(tmp_path / "shared")])
    return tmp_path / "shared" / "migrations"


def test_a_new_cluster_is_not_up_to_date_until_it_was_migrated(
    sources: Path, tmp_path: Path
) -> None:
    assert not Migrated(tmp_path).is_up_to_date()
    Migrated(tmp_path).remember()
    assert Migrated(tmp_path).is_up_to_date()
    assert sources.exists()


@pytest.mark.parametrize("change", ["added", "edited", "removed"])
def test_any_change_of_a_migration_asks_for_another_run(
    sources: Path, tmp_path: Path, change: str
) -> None:
    Migrated(tmp_path).remember()
    match change:
        case "added":
            (sources / "002.sql").write_text("CREATE TABLE b ();")
        case "edited":
            (sources / "001.sql").write_text("CREATE TABLE a (id int);")
        case _:
            (sources / "001.sql").unlink()
    assert not Migrated(tmp_path).is_up_to_date()

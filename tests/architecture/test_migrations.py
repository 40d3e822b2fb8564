"""Migrations are recorded once and never edited; each bounds its locks and names its promises."""

import re
from pathlib import Path

import pytest

from deploy.local.provision import SERVICES
from tests.architecture.ledger import LEDGER, entries, faults, migrations
from tests.architecture.tree import ROOT, text_of

FILES = sorted(migrations())


def test_no_recorded_migration_was_edited() -> None:
    assert faults(entries(LEDGER.read_text()), migrations()) == []


def test_every_migration_is_recorded() -> None:
    """Otherwise nobody would notice an edit of the newest one."""
    assert set(entries(LEDGER.read_text())) == set(migrations()), (
        "run `python -m tests.architecture.ledger`"
    )


@pytest.mark.parametrize("path", FILES)
def test_a_migration_can_be_taken_back(path: str) -> None:
    up, mark, down = text_of(ROOT / path).partition("-- migrate:down")
    assert up.startswith("-- migrate:up")
    assert mark
    assert down.strip()


@pytest.mark.parametrize("path", FILES)
def test_a_migration_is_named_by_its_moment(path: str) -> None:
    assert re.fullmatch(r"\d{14}_[a-z_]+\.sql", Path(path).name)


def test_no_two_migrations_share_a_moment_within_a_database() -> None:
    """dbmate orders by the moment; the core's files run in every service's database."""
    core = [path for path in FILES if path.startswith("shared/migrations/")]
    for service in SERVICES:
        own = [path for path in FILES if path.startswith(f"services/{service}/")]
        moments = [Path(path).name[:14] for path in [*core, *own]]
        assert len(set(moments)) == len(moments)


@pytest.mark.parametrize("path", FILES)
def test_a_named_constraint_is_a_sentence(path: str) -> None:
    names = re.findall(r"CONSTRAINT\s+(\w+)\s+(?:UNIQUE|CHECK|EXCLUDE)", text_of(ROOT / path))
    assert [name for name in names if name.count("_") < 3] == []


RECORDED = {"a/migrations/1_x.sql": "aa", "a/migrations/3_y.sql": "bb"}


@pytest.mark.parametrize(
    ("present", "fault"),
    [
        ({"a/migrations/1_x.sql": "aa"}, "removed"),
        (RECORDED | {"a/migrations/1_x.sql": "cc"}, "edited"),
        (RECORDED | {"a/migrations/2_z.sql": "cc"}, "comes before"),
    ],
)
def test_a_touched_ledger_is_refused(present: dict[str, str], fault: str) -> None:
    (said,) = faults(RECORDED, present)
    assert fault in said


def test_a_later_migration_may_be_added() -> None:
    assert faults(RECORDED, RECORDED | {"a/migrations/4_z.sql": "cc"}) == []
    assert faults(RECORDED, RECORDED | {"b/migrations/0_z.sql": "cc"}) == []

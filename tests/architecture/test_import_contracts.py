"""The import contracts of pyproject.toml refuse what they say they refuse."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.local.provision import SERVICES
from tests.architecture.tree import ROOT

PLANTS: dict[str, list[tuple[str, str]]] = {
    "services-are-independent": [
        ("services.intake.actions.move_referral", "services.matching.rules.fit"),
        ("services.matching.rules.fit", "services.notifications.rules.segments"),
        ("services.notifications.rules.segments", "services.intake.rules.us_states"),
    ],
    "shared-knows-no-service": [
        ("shared.heartbeat", "services.matching.rules.hours"),
        ("shared.clock", "deploy.kafka.topics"),
        ("shared.ids", "tests.world.stories"),
    ],
    "nobody-needs-the-deployment": [
        ("services.matching.store.people", "deploy.local.errors"),
        ("services.intake.store.pages", "tests.world.stories"),
    ],
    "the-deployment-starts-services": [
        ("deploy.local.ports", "services.matching.rules.hours"),
        ("deploy.local.ports", "tests.world.stories"),
    ],
    "decisions-are-pure": [
        ("services.intake.rules.policy", "asyncpg"),
        ("services.matching.rules.need", "shared.transaction"),
        ("services.notifications.rules.kinds", "random"),
        ("services.intake.fhir.systems", "shared.clock"),
        ("shared.events.base", "shared.ids"),
    ],
    "shared-points-downwards": [
        ("shared.events.base", "shared.db"),
        ("shared.transaction", "shared.messaging.inbox"),
        ("shared.audit", "shared.transaction"),
        ("shared.messaging.relay", "shared.service"),
    ],
    "intake-points-inwards": [
        ("services.intake.rules.states", "services.intake.store.pages"),
        ("services.intake.store.people", "services.intake.on.referral_withdrawn"),
        ("services.intake.on.referral_withdrawn", "services.intake.web.access"),
        ("services.intake.web.access", "services.intake.wiring"),
    ],
    "matching-points-inwards": [
        ("services.matching.rules.states", "services.matching.store.people"),
        ("services.matching.store.people", "services.matching.on.coach_replied"),
        ("services.matching.on.coach_replied", "services.matching.web.offer_view"),
        ("services.matching.web.offer_view", "services.matching.seed"),
    ],
    "notifications-points-inwards": [
        ("services.notifications.rules.states", "services.notifications.store.channels"),
        ("services.notifications.store.channels", "services.notifications.on.offer_settled"),
        ("services.notifications.on.offer_settled", "services.notifications.channels.mail"),
        ("services.notifications.on.offer_settled", "services.notifications.sending.facts"),
        ("services.notifications.sending.facts", "services.notifications.wiring"),
    ],
}
"""For each contract, imports that it must refuse: importer and what it imports."""


def contracts() -> list[dict[str, object]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, object]] = configuration["tool"]["importlinter"]["contracts"]
    return found


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says of a copy of the project in which every plant stands."""
    copy = tmp_path_factory.mktemp("planted")
    for folder in ("services", "shared", "deploy", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "static", "*.json", "*.txt", "*.email")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for importer, imported in (plant for plants in PLANTS.values() for plant in plants):
        module = copy / f"{importer.replace('.', '/')}.py"
        module.write_text(f"{module.read_text()}\nimport {imported}\n")
    (copy / "services/matching/helpers").mkdir()
    (copy / "services/matching/helpers/__init__.py").write_text("")
    return _lint(copy)


def _lint(folder: Path) -> str:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return re.sub(r"\s+", " ", done.stdout + done.stderr)


def test_every_contract_is_planted_against() -> None:
    assert {contract["id"] for contract in contracts()} == set(PLANTS)


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: str(contract["id"]))
def test_a_planted_violation_breaks_its_contract(
    contract: dict[str, object], refusals: str
) -> None:
    assert f"{contract['name']} BROKEN" in refusals
    section = re.split(rf"{contract['name']} -{{9,}}", refusals)[1].split(" ---------", 1)[0]
    for importer, imported in PLANTS[str(contract["id"])]:
        assert re.search(rf"{re.escape(importer)} -> {re.escape(imported)}\b", section), imported


def test_a_folder_that_no_layer_names_is_refused(refusals: str) -> None:
    """Planted in one service; the other two are held to it by the same option."""
    assert "helpers" in refusals
    assert all(one["exhaustive"] is True for one in contracts() if one["type"] == "layers")


def contract(name: str, key: str) -> list[str]:
    (found,) = [one[key] for one in contracts() if one["id"] == name]
    assert isinstance(found, list)
    return found


def test_every_part_of_shared_is_held_pure_or_closed_to_decisions() -> None:
    """So that a new module of `shared` cannot slip into what decides."""
    below = [*(ROOT / "shared").glob("*.py"), *(ROOT / "shared").glob("*/__init__.py")]
    names = {(one.parent if one.name == "__init__.py" else one).stem for one in below} - {"shared"}
    pure, closed = (
        {name.removeprefix("shared.") for name in listed if name.startswith("shared.")}
        for listed in (
            contract("decisions-are-pure", "source_modules"),
            contract("decisions-are-pure", "forbidden_modules"),
        )
    )
    assert closed == names - pure


def test_every_service_is_fenced_off() -> None:
    folders = {one.parent.name for one in (ROOT / "services").glob("*/__main__.py")}
    services = {f"services.{name}" for name in SERVICES}
    assert folders == set(SERVICES)
    assert set(contract("services-are-independent", "modules")) == services
    assert services < set(contract("the-deployment-starts-services", "forbidden_modules"))
    layers = [one["containers"] for one in contracts() if one["type"] == "layers"]
    assert sorted(map(str, layers)) == sorted(map(str, [["shared"], *([one] for one in services)]))


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without `__init__.py` is invisible to the import contracts."""
    bare = {
        file.parent
        for top in ("services", "shared", "deploy", "tests")
        for file in (ROOT / top).rglob("*.py")
        if not (file.parent / "__init__.py").exists() and "__pycache__" not in file.parts
    }
    assert not bare

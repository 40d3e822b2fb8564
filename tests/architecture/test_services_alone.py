"""Each service starts with only `shared/` beside it: no sibling, no deployment, no test."""

import importlib
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from deploy.local.provision import SERVICES
from tests.architecture.tree import ROOT

OURS = ("services", "shared", "deploy", "tests")


def _alone(name: str, folder: Path) -> Path:
    """A folder that holds the service and `shared/`, nothing else.

    By links, so that the bytecode beside the sources is used and need not be made again.
    """
    (folder / "services").mkdir(parents=True)
    for part in ("shared", "services/__init__.py", f"services/{name}"):
        (folder / part).symlink_to(ROOT / part)
    return folder


def _ours() -> set[str]:
    return {name for name in sys.modules if name.split(".")[0] in OURS}


def _import_from(folder: Path, service: str, report: Path) -> None:
    """Import the service with the libraries and this folder; the checkout is not to be found."""
    sys.stderr = report.open("w", buffering=1)
    for name in _ours():
        del sys.modules[name]
    sys.path[:] = [str(folder), *(path for path in sys.path if Path(path) != ROOT)]
    importlib.invalidate_caches()
    for module in ("wiring", "__main__"):
        importlib.import_module(f"services.{service}.{module}")
    files = {name: Path(str(sys.modules[name].__file__)) for name in _ours()}
    strange = [name for name, file in files.items() if folder not in file.parents]
    assert not strange, strange


def _what_is_wrong(folder: Path, service: str) -> str | None:
    """Imported in a copy of this process, which has the libraries already: they take longer."""
    report = folder.with_suffix(".report")
    child = get_context("fork").Process(target=_import_from, args=(folder, service, report))
    child.start()
    child.join()
    return None if child.exitcode == 0 else report.read_text()[-800:]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_only_shared_beside_it(service: str, tmp_path: Path) -> None:
    """Importing its wiring also needs no setting, no database and no broker."""
    assert _what_is_wrong(_alone(service, tmp_path / service), service) is None


def test_a_service_that_needs_more_is_found(tmp_path: Path) -> None:
    """Planted: a module that imports the deployment, a sibling, and one that is nowhere."""
    folder = _alone("matching", tmp_path / "alone")
    (folder / "services" / "matching").unlink()
    package = folder / "services" / "matching"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("")
    for needed in ("deploy.local.ports", "services.intake.rules.us_states"):
        (package / "wiring.py").write_text(f"import {needed}\n")
        assert "ModuleNotFoundError" in (_what_is_wrong(folder, "matching") or "")

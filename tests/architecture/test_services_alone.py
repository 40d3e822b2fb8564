"""Each service starts with only `shared/` beside it: no sibling, no deployment, no test."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from deploy.local.provision import SERVICES
from tests.architecture.tree import ROOT

_IMPORT_EACH = """
import importlib, pathlib, sys

OURS = ("services", "shared", "deploy", "tests")

def ours():
    return {name for name in sys.modules if name.split(".")[0] in OURS}

for folder in sys.argv[1:]:
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    for module in ("wiring", "__main__"):
        importlib.import_module(f"services.{pathlib.Path(folder).name}.{module}")
    strange = [name for name in ours()
               if pathlib.Path(folder) not in pathlib.Path(sys.modules[name].__file__).parents]
    assert not strange, strange
    sys.path.remove(folder)
    for name in ours():
        del sys.modules[name]
"""
"""One process, because importing the libraries takes longer than all of our own modules."""


def _copy_of(name: str, folder: Path) -> str:
    """A folder that holds the service and `shared/`, nothing else; returns its path."""
    ignored = shutil.ignore_patterns("static", "__pycache__")
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=ignored)
    shutil.copytree(ROOT / "services" / name, folder / "services" / name, ignore=ignored)
    shutil.copy(ROOT / "services" / "__init__.py", folder / "services")
    return str(folder)


def _import_each(folders: list[str]) -> "subprocess.CompletedProcess[str]":
    """Import the services of these folders, with the libraries and nothing of the checkout."""
    # -S passes over the .pth file, -P over the folder, by which the checkout would be found.
    return subprocess.run(
        [sys.executable, "-S", "-P", "-B", "-c", _IMPORT_EACH, *folders],
        env={"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_service_needs_only_shared_beside_it(tmp_path: Path) -> None:
    """Importing its wiring also needs no setting, no database and no broker."""
    done = _import_each([_copy_of(name, tmp_path / name) for name in SERVICES])
    assert (done.stderr[-800:], done.returncode) == ("", 0)

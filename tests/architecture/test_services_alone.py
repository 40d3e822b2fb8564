"""Each service starts with only `shared/` beside it: no sibling, no deployment, no test."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.architecture.tree import ROOT

SERVICES = ("intake", "matching", "notifications")

_IMPORT = """
import sys, pathlib
import services.{name}.wiring, services.{name}.__main__
ours = ("services", "shared", "deploy", "tests")
seen = {{name: module for name, module in sys.modules.items() if name.split(".")[0] in ours}}
assert {{name.split(".")[0] for name in seen}} == {{"services", "shared"}}, sorted(seen)
here = pathlib.Path("{folder}")
strange = [name for name, one in seen.items() if here not in pathlib.Path(one.__file__).parents]
assert not strange, strange
"""


def _import_alone(name: str, folder: Path) -> "subprocess.Popen[str]":
    """Import a service from a copy, in a process whose path is the copy and the libraries."""
    ignored = shutil.ignore_patterns("static")
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=ignored)
    shutil.copytree(ROOT / "services" / name, folder / "services" / name, ignore=ignored)
    shutil.copy(ROOT / "services" / "__init__.py", folder / "services")
    libraries = sysconfig.get_path("purelib")
    # -S passes over the .pth file by which the checkout itself would be found.
    return subprocess.Popen(
        [sys.executable, "-S", "-B", "-c", _IMPORT.format(name=name, folder=folder)],
        cwd=folder,
        env={"PYTHONPATH": os.pathsep.join((str(folder), libraries)), "PATH": os.defpath},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_service_needs_only_shared_beside_it(tmp_path: Path) -> None:
    """Importing its wiring also needs no setting, no database and no broker."""
    running = {name: _import_alone(name, tmp_path / name) for name in SERVICES}
    said = {name: process.communicate(timeout=25)[1] for name, process in running.items()}
    failed = {name: said[name][-800:] for name in SERVICES if running[name].returncode != 0}
    assert failed == {}

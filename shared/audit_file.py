"""The file of signed checkpoints outside the database, one line each, never changed.

`<link> <signature>` for a checkpoint; `accepted <link> <signature>` where a person has accepted the
chain as it stood, after a restore or after tampering was looked into. All processes of a service
share one file. A checkpoint is written once it is committed, before the next batch is sealed: so
the file lacks the newest one at most, and a file that cannot be written stops the sealing.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.audit import sign_acceptance

TAIL_BYTES = 4096


class AuditStoppedError(Exception):
    """Sealing must not go on; `code` says what is wrong with chain or file."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signature over a link. Link 0 is the empty chain."""

    link_no: int
    signature: bytes

    @property
    def line(self) -> str:
        return f"{self.link_no} {self.signature.hex()}"


@dataclass(slots=True)
class Kept:
    """What a file says. `torn` stands behind its last whole line: a write that a crash cut off."""

    signatures: dict[int, bytes] = field(default_factory=dict)
    """Since the last acceptance."""
    accepted_at: int = 0
    acceptances: int = 0
    torn: str = ""
    problem: tuple[int, str] | None = None


def read(path: Path, key: bytes) -> Kept:
    """Everything in the file. Raises AuditStoppedError when it is not there or cannot be read."""
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        raise AuditStoppedError("checkpoint_file_missing") from None
    except OSError:
        raise AuditStoppedError("checkpoint_file_unreadable") from None
    kept = Kept()
    *lines, kept.torn = text.split("\n")
    for line in lines:
        _take(kept, line, key)
    return kept


def _take(kept: Kept, line: str, key: bytes) -> None:
    accepted = _acceptance(line, key)
    if accepted is not None:
        kept.signatures, kept.problem = {}, None
        kept.accepted_at, kept.acceptances = accepted, kept.acceptances + 1
        return
    one = _checkpoint(line)
    if one is None:
        kept.problem = kept.problem or (max(kept.signatures, default=0) + 1, "line_damaged")
    elif kept.signatures.setdefault(one.link_no, one.signature) != one.signature:
        kept.problem = kept.problem or (one.link_no, "signed_twice")


def _checkpoint(line: str) -> Checkpoint | None:
    number, _, signature = line.partition(" ")
    try:
        return Checkpoint(int(number), bytes.fromhex(signature))
    except ValueError:
        return None


def _acceptance(line: str, key: bytes) -> int | None:
    """The link of an acceptance that somebody with the key has signed."""
    word, _, rest = line.partition(" ")
    one = _checkpoint(rest)
    if word != "accepted" or one is None or one.signature != sign_acceptance(key, one.link_no):
        return None
    return one.link_no


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """The file as the sealer sees it: its end, which has to fit the newest checkpoints."""

    path: Path
    key: bytes

    def follow(self, newest: Sequence[Checkpoint]) -> None:
        """Bring the file up to the newest checkpoint of the database.

        `newest` holds the last two, newest first. Raises AuditStoppedError when the file lacks
        more than the last, has more than the database, or cannot be written.
        """
        try:
            self._follow(newest)
        except OSError:
            raise AuditStoppedError("checkpoint_file_unwritable") from None

    def _follow(self, newest: Sequence[Checkpoint]) -> None:
        line, torn = self._tail()
        if not newest:
            if line or torn:
                raise AuditStoppedError("cut_off")
            return
        last, *before = newest
        accepted = _acceptance(line, self.key)
        if not torn and (line == last.line or accepted == last.link_no):
            return
        end = before[0].line if before else ""
        if line == end or (before and accepted == before[0].link_no):
            if not last.line.startswith(torn):
                raise AuditStoppedError("line_damaged")
            self._append(last.line[len(torn) :] + "\n")
            return
        raise AuditStoppedError(self._misfit(line, accepted, last))

    def _misfit(self, line: str, accepted: int | None, last: Checkpoint) -> str:
        if not self.path.exists():
            return "checkpoint_file_missing"
        one = _checkpoint(line)
        number = one.link_no if one else accepted
        if number is None:
            return "line_damaged" if line else "checkpoint_file_shorter"
        if number > last.link_no:
            return "cut_off"
        return "checkpoint_file_shorter" if number < last.link_no else "signed_twice"

    def accept(self, link_no: int) -> None:
        """Note a person's word that the chain is accepted as it stands. Raises an OSError."""
        _, torn = self._tail()
        line = f"accepted {link_no} {sign_acceptance(self.key, link_no).hex()}"
        self._append(("\n" if torn else "") + line + "\n")

    def _tail(self) -> tuple[str, str]:
        """The last whole line, and what stands behind it."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - TAIL_BYTES))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return "", ""
        whole, _, torn = text.rpartition("\n")
        return whole.rpartition("\n")[2], torn

    def _append(self, text: str) -> None:
        with self.path.open("a") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

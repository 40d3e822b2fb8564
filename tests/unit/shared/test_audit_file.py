"""The checkpoint file: what the sealer may add to it, and what it must not go on from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared import audit_file
from shared.audit import sign
from shared.audit_file import AuditStoppedError, Checkpoint, CheckpointFile

KEY = bytes(range(32))


def checkpoint(number: int, head: bytes = b"head") -> Checkpoint:
    return Checkpoint(number, sign(KEY, number, head))


FIVE, SIX, SEVEN = (checkpoint(number) for number in (5, 6, 7))
WHOLE = f"{FIVE.line}\n{SIX.line}\n"


@pytest.fixture
def file(tmp_path: Path) -> CheckpointFile:
    return CheckpointFile(tmp_path / "checkpoints", KEY)


@pytest.mark.parametrize(
    "before",
    [WHOLE, WHOLE + SEVEN.line[:30], WHOLE + SEVEN.line, WHOLE + SEVEN.line + "\n"],
    ids=["not written yet", "torn", "torn before its end", "written"],
)
def test_the_newest_checkpoint_is_written_once_and_whole(file: CheckpointFile, before: str) -> None:
    file.path.write_text(before)
    for _ in range(2):
        file.follow([SEVEN, SIX])
        assert file.path.read_text() == f"{WHOLE}{SEVEN.line}\n"


def test_the_first_checkpoint_makes_the_file(file: CheckpointFile) -> None:
    file.follow([])
    assert not file.path.exists()
    file.follow([FIVE])
    assert file.path.read_text() == f"{FIVE.line}\n"


STOPS: dict[str, tuple[str, list[Checkpoint]]] = {
    "cut_off": (f"{WHOLE}{SEVEN.line}\n", [SIX, FIVE]),
    "checkpoint_file_shorter": (f"{FIVE.line}\n", [SEVEN, SIX]),
    "signed_twice": (f"{WHOLE}{checkpoint(7, b'other').line}\n", [SEVEN, SIX]),
    "line_damaged": (WHOLE + "7 abcdefx", [SEVEN, SIX]),
}


@pytest.mark.parametrize("code", STOPS)
def test_a_file_that_does_not_fit_is_left_as_it_is(file: CheckpointFile, code: str) -> None:
    before, newest = STOPS[code]
    file.path.write_text(before)
    with pytest.raises(AuditStoppedError, match=code):
        file.follow(newest)
    assert file.path.read_text() == before


def test_a_database_without_checkpoints_does_not_fit_a_file_that_has_some(
    file: CheckpointFile,
) -> None:
    file.path.write_text(WHOLE)
    with pytest.raises(AuditStoppedError, match="cut_off"):
        file.follow([])


def test_a_missing_file_is_not_made_anew(file: CheckpointFile) -> None:
    with pytest.raises(AuditStoppedError, match="checkpoint_file_missing"):
        file.follow([SEVEN, SIX])
    assert not file.path.exists()


def test_a_file_that_cannot_be_written_stops_the_sealing(file: CheckpointFile) -> None:
    file.path.mkdir()
    with pytest.raises(AuditStoppedError, match="checkpoint_file_unwritable"):
        file.follow([SEVEN, SIX])


def test_after_an_acceptance_the_file_goes_on_from_there(file: CheckpointFile) -> None:
    file.path.write_text(f"{WHOLE}{SEVEN.line}\n8 torn")
    file.accept(6)
    file.follow([SIX, FIVE])
    again = checkpoint(7, b"another past")
    file.follow([again, SIX])
    kept = audit_file.read(file.path, KEY)
    assert (kept.signatures, kept.accepted_at, kept.acceptances) == ({7: again.signature}, 6, 1)
    assert kept.problem is None


FAULTS: dict[str, Callable[[], str]] = {
    "signed_twice": lambda: f"{WHOLE}{checkpoint(5, b'other').line}\n",
    "line_damaged": lambda: f"{FIVE.line}\nnothing\n{SIX.line}\n",
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_in_the_middle_is_read(file: CheckpointFile, code: str) -> None:
    file.path.write_text(FAULTS[code]())
    kept = audit_file.read(file.path, KEY)
    assert kept.problem is not None
    assert kept.problem[1] == code


def test_an_acceptance_without_the_key_is_damage(file: CheckpointFile) -> None:
    file.path.write_text(WHOLE)
    CheckpointFile(file.path, bytes(32)).accept(6)
    kept = audit_file.read(file.path, KEY)
    assert kept.acceptances == 0
    assert kept.problem == (7, "line_damaged")

"""Documents that are made from code equal it; decision records say what enforces them."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from shared.events import EVENT_TYPES
from tests.architecture.generate import DOCUMENTS
from tests.architecture.states_page import MACHINES, Machine, terminal
from tests.architecture.tree import ROOT, files, text_of

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_equals_what_is_committed(name: str) -> None:
    committed = (ROOT / name).read_text(encoding="utf-8")
    assert committed == DOCUMENTS[name](), "run `python -m tests.architecture.generate`"


def test_every_event_is_in_the_document() -> None:
    page = text_of(ROOT / "docs" / "events.md")
    assert [name for name in EVENT_TYPES if f"### `{name}`\n" not in page] == []


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)
def test_every_state_can_be_reached_and_every_final_one_is_meant(machine: Machine) -> None:
    """A state that nothing leads to is a leftover; the first one is where it begins."""
    reached: set[StrEnum] = {*machine.table.values(), next(iter(machine.states))}
    assert set(machine.states) - reached == set()
    assert terminal(machine)


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_fits_one_screen_and_says_what_enforces_it(file: Path) -> None:
    text = text_of(file)
    assert text.count("\n") <= 60
    assert re.match(rf"# {file.stem[:4]} \S", text)
    for part in ("Context.", "Decision.", "Consequences."):
        assert f"**{part}**" in text
    (enforced,) = re.findall(r"\*\*Enforced by:\*\*\s*(\S.*)", text)
    paths = re.findall(r"`((?:tests|services|shared|deploy|docs)/[\w./-]+)`", enforced)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(file.name[:4]) for file in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_documents_that_are_named_exist() -> None:
    """In code, comments and documents alike; a link relative to its own file too."""
    missing = []
    for file in files(suffixes=(".py", ".md", ".yml", ".sql", ".toml")):
        for path in re.findall(r"docs/[\w/-]+\.md", text_of(file)):
            missing += [] if (ROOT / path).exists() else [f"{file.relative_to(ROOT)}: {path}"]
        for path in (
            re.findall(r"\]\(([\w./-]+\.md)", text_of(file)) if file.suffix == ".md" else ()
        ):
            missing += [] if (file.parent / path).exists() else [f"{file.name}: {path}"]
    assert missing == []

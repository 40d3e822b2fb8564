"""What is said of people, and what the project says of itself."""

import re

import pytest

from tests.architecture import words
from tests.architecture.tree import ROOT, files, name_of, text_of

TEXTS = (
    *(".py", ".md", ".sql", ".html", ".txt", ".email", ".yml", ".yaml", ".toml", ".json"),
    *(".xml", ".css", ".sha256", ".properties", ".ini", ".sh", ""),
)
THESE = {"tests/architecture/words.py", "tests/architecture/test_words.py"}
"""The lists themselves."""

ELSEWHERE = re.compile(
    r"(?<![\w.~-])/(?:work|root|home/\w+|Users/\w+)/"
    r"|co-authored-by|\b(?:generated|written) (?:by|with) (?:an? )?(?:model|bot|assistant)\b"
    r"|\blanguage model|\bchat ?bot|\bAI\b"
    r"|\b(?:domain|contracts|design|style)(?:\.md)? §|\bdesign page",
    re.IGNORECASE,
)
"""Paths of somebody's machine, words about how this was made, and pages that are not here."""


def test_words_that_have_no_good_use_stand_nowhere() -> None:
    found = {
        name_of(file): said
        for file in files(suffixes=TEXTS)
        if name_of(file) not in THESE
        and not words.SPELLINGS.match(name_of(file))
        and (said := words.said_of_people(file))
    }
    assert found == {}


def test_pages_and_messages_label_nobody() -> None:
    found = {
        name_of(page): said
        for page in words.pages()
        if (said := words.NOT_ON_A_PAGE.findall(words.words_on(text_of(page))))
    }
    assert found == {}


def test_sentences_in_code_label_nobody() -> None:
    found = {
        f"{name_of(file)}:{line}": sentence
        for file in files("services")
        if not words.SPELLINGS.match(name_of(file))
        for line, sentence in words.sentences_of(file)
        if words.NOT_ON_A_PAGE.search(sentence)
    }
    assert found == {}


def test_the_project_speaks_of_itself_only() -> None:
    found = [
        f"{name_of(file)}:{number}: {line.strip()[:80]}"
        for file in files(suffixes=TEXTS)
        if name_of(file) not in THESE and ELSEWHERE.search(text_of(file))
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    ["an addict", "ex-addicts", "The non-compliant one", "committed suicide", "an Alcoholic"],
)
def test_a_planted_word_is_found_anywhere(planted: str) -> None:
    assert words.NOWHERE.search(planted)


@pytest.mark.parametrize("innocent", ["addiction", "commit the transaction", "a successful send"])
def test_an_innocent_word_is_let_through(innocent: str) -> None:
    assert not words.NOWHERE.search(innocent)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("<p>The patient waits.</p>", True),
        ('<a title="Open the case">x</a>', True),
        ("<p>{{ rejected }} In case of danger</p>", False),
        ('<p class="failed">Not this time</p>', False),
        ("Your user name", True),
        ("{% if refused %}Not this time{% endif %}", False),
    ],
)
def test_a_planted_word_on_a_page_is_found(planted: str, found: bool) -> None:
    assert bool(words.NOT_ON_A_PAGE.search(words.words_on(planted))) is found


@pytest.mark.parametrize("planted", ["in /root/x", "at /home/sam/code", "Co-authored-by: Sam"])
def test_a_planted_path_or_author_is_found(planted: str) -> None:
    assert ELSEWHERE.search(planted)


def test_make_targets_are_three_lines_at_most() -> None:
    """What a target does is in Python, where it can be tested."""
    recipes: dict[str, int] = {}
    target = ""
    for line in text_of(ROOT / "Makefile").splitlines():
        if line.startswith("\t"):
            recipes[target] = recipes.get(target, 0) + 1
        elif re.match(r"[^#\s:]+[^=]*:(?!=)", line):
            target = line.partition(":")[0]
    assert {name: lines for name, lines in recipes.items() if lines > 3} == {}
    assert {"demo", "test", "check"} <= recipes.keys()

"""The words for people (style: person first), and where each of them must not stand.

Clinicians and people with lived experience may change these lists; nobody else weakens them.
"""

import ast
import re
from pathlib import Path

from tests.architecture import lints
from tests.architecture.tree import files, syntax_of, text_of

NOWHERE = re.compile(
    r"\b(ex-?)?addicts?\b|\balcoholics?\b|\babusers?\b|\bjunkies?\b|\bnon-?complian(t|ce)\b"
    r"|\bcommit(s|ted|ting)? suicide\b|\b(un)?successful (suicide|attempt)",
    re.IGNORECASE,
)
"""Words that have no good use in code, documents or pages."""

NOT_ON_A_PAGE = re.compile(
    r"\bpatients?\b|\busers?\b|(?<!in )\bcases?\b|\babuse\b|\bclean\b|\bdirty\b|\bsober\b"
    r"|\brelaps\w*|\bno-shows?\b|\bvolunteers?\b|\btherap\w*|\bcounsell?\w*"
    r"|\brefus\w*|\breject\w*|\bfailed\b|\bfailures?\b",
    re.IGNORECASE,
)
"""Words that label a person or make a coach a therapist, in what clinics and coaches read.

Treatment may be named: it is what the clinic gives, and peer support goes alongside it.
"""

_STATUTE = re.compile(r"This record which has been disclosed to you is protected by[^<{]*")
"""The notice of 42 CFR 2.32(a), whose words are the law's."""

_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_SAID = re.compile(r">([^<]+)<|(?:aria-label|alt|title|placeholder)=\"([^\"]*)\"", re.DOTALL)

SPELLINGS = re.compile(r"services/notifications/rules/lexicon/|tests/unit/notifications/")
"""What people write to us, and what may not be written to them: lists of words by their nature."""


def pages() -> list[Path]:
    """Templates of the services' pages and the wording of e-mails and texts."""
    return [
        *files("services", suffixes=(".html", ".email", ".txt")),
        *files("shared/webui", suffixes=(".html",)),
    ]


def words_on(page: str) -> str:
    """What a reader sees of a template: without code, tags and names of classes."""
    plain = _JINJA.sub(" ", _STATUTE.sub("", page))
    if "<" not in plain:
        return plain
    return " \n".join(a or b for a, b in _SAID.findall(f">{plain}<"))


def sentences_of(file: Path) -> list[tuple[int, str]]:
    """Sentences in the code of a module, which it may put on a page or into an answer."""
    module = syntax_of(file)
    loose = {id(node.value) for node in lints.nodes_of(module) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in lints.nodes_of(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in loose
        and re.match(r"[A-Z]\w* \w", node.value)
        and not lints.is_sql(node.value)
    ]


def said_of_people(file: Path) -> list[str]:
    """Words of `NOWHERE` in a file, with their lines."""
    if not NOWHERE.search(text_of(file)):
        return []
    return [
        f"{number}: {found.group()}"
        for number, line in enumerate(text_of(file).splitlines(), 1)
        for found in NOWHERE.finditer(line)
    ]

"""`docs/promises.md`, from the table of promises and the texts and pages that make them."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from services.notifications.rules.keywords import Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.web.task_words import WORDS
from shared.tasks import TaskKind
from shared.transaction import Timer
from tests.architecture.promise_table import TO_CLINICS, TO_COACHES, TO_PEOPLE, TO_STAFF
from tests.architecture.promises import Keeper, Outside, Page, Promise, everything_said, made_in
from tests.architecture.promises_of_support import OF_SUPPORT

HEAD = """\
# Promises

Written by `python -m tests.architecture.generate` from `tests/architecture/promise_table.py` and
the texts, mails and pages themselves; a test compares. A test finds a sentence that sounds like a
promise and has no line here, a keeper that nothing uses any more, and a message that does not
promise the same in both languages.
"""

PARTS: Sequence[tuple[str, Sequence[Promise]]] = (
    ("To people who write to us or are written to", TO_PEOPLE),
    ("About support: how it is paused, changed and ended", OF_SUPPORT),
    ("To coaches", TO_COACHES),
    ("To clinics", TO_CLINICS),
    ("To the people who work here", TO_STAFF),
)


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for part in PARTS for line in _part(*part))])


def _part(title: str, promises: Sequence[Promise]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield "| promise | made in | kept by |"
    yield "|---|---|---|"
    for one in promises:
        kept_by = "; ".join(map(said_of, one.kept_by))
        yield f"| {one.english[0].strip(':')} | {_made_in(one)} | {kept_by} |"
    yield ""


def _made_in(promise: Promise) -> str:
    places = {
        said.where.partition(".")[0] if "/" not in said.where else said.where
        for said in everything_said()
        if made_in(said, [promise])
    }
    return ", ".join(f"`{place}`" for place in sorted(places))


def said_of(keeper: Keeper) -> str:
    """A keeper, as the document names it."""
    match keeper:
        case Page(service=service, method=method, path=path):
            return f"page `{method} {path}` of {service}"
        case Outside(who=who):
            return who
        case TaskKind():
            return f"task “{WORDS[keeper].title}”"
        case StrEnum():
            what = {Kind: "message", Meaning: "answer to"}[type(keeper)]
            return f"{what} `{keeper.value}`"
        case type() if issubclass(keeper, Timer):
            return f"timer `{keeper.kind}`"
        case _:
            file = keeper.__module__.replace(".", "/")
            return f"`{file}.py`"

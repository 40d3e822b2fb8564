"""`QuestionnaireResponse` → the answers of an instrument. Items count by code, never by text."""

import re
from collections.abc import Iterator

from services.intake.fhir.bundle import Bundle, Resource
from services.intake.fhir.history import is_about
from services.intake.fhir.node import Node
from services.intake.fhir.systems import LOINC
from services.intake.rules.draft import Answers
from services.intake.rules.instruments import REGISTRY, Instrument, which

_ITEM = re.compile(r"\d{1,7}-\d", re.ASCII)
_FINISHED = frozenset({"completed", "amended"})


def answers_of(person: Resource | None, bundle: Bundle) -> tuple[Answers, ...]:
    """Every finished instrument of this person that we know, in a fixed order."""
    found = [
        answers
        for response in bundle.of("QuestionnaireResponse")
        if response.node.text("status") in _FINISHED
        and is_about(response, person, bundle)
        and (answers := _answers(response.node)) is not None
    ]
    return tuple(
        sorted(found, key=lambda a: (a.instrument, str(a.answered_on), a.items, a.foreign))
    )


def _answers(node: Node) -> Answers | None:
    items = [(code, item) for item in _flat(node) if (code := _code(item))]
    name = which(frozenset(code for code, _ in items))
    if name is None:
        return None
    instrument = REGISTRY[name]
    coded, foreign = _sorted_out(items, instrument)
    stated = dict(items)
    total = stated.get(instrument.total or "")
    level = stated.get(instrument.level or "")
    return Answers(
        instrument=name,
        items=coded,
        answered_on=node.day("authored"),
        stated_total=_total(total) if total else None,
        stated_level=_choice(level) if level else None,
        foreign=foreign,
    )


def _flat(node: Node) -> Iterator[Node]:
    for item in node.nodes("item"):
        yield item
        yield from _flat(item)


def _code(item: Node) -> str | None:
    """The LOINC code that a linkId is, with or without a leading slash."""
    link = (item.text("linkId") or "").rsplit("/", 1)[-1]
    return link if _ITEM.fullmatch(link) and item.nodes("answer") else None


def _sorted_out(
    items: list[tuple[str, Node]], instrument: Instrument
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Coded answers of the instrument's own items, and the codes of items that do not belong."""
    coded: set[tuple[str, str]] = set()
    foreign: set[str] = set()
    stated = {instrument.total, instrument.level, *instrument.unscored}
    for code, item in items:
        choice = _choice(item)
        if code in instrument.items or (code in instrument.counts and choice):
            if choice:
                coded.add((code, choice))
            else:
                foreign.add(code)
        elif code not in stated and code not in instrument.counts:
            foreign.add(code)
    return tuple(sorted(coded)), tuple(sorted(foreign))


def _choice(item: Node) -> str | None:
    """The one LOINC answer code; two answers or plain text are no coded answer."""
    answers = item.nodes("answer")
    coding = answers[0].node("valueCoding") if len(answers) == 1 else Node({})
    return coding.text("code") if coding.text("system") == LOINC else None


def _total(item: Node) -> int | None:
    """The stated sum, as decimal or integer; `12.0` is 12."""
    stated = item.nodes("answer")[0]
    decimal, integer = stated.whole("valueDecimal"), stated.whole("valueInteger")
    return decimal if decimal is not None else integer

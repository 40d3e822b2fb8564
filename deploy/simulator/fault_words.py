"""Describes faults in the words of the page. Pure."""

from dataclasses import dataclass

from deploy.simulator.faults import Fault, Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """One fault that can be chosen on the page."""

    value: str
    words: str


_WORDS = {
    Fault.TIMEOUT_AFTER_ACCEPTING: "The text goes out, but no answer comes and the line is cut",
    Fault.ERROR_AFTER_STORING: "The text goes out, but the answer is an error (500)",
    Fault.DROP_BEFORE_ACCEPTING: "The line is cut before the text is taken",
    Fault.ERROR_BEFORE_STORING: "The answer is an error (500) and the text is not taken",
    Fault.REFUSE: "The text is refused with an error code",
    Fault.DELAY_ANSWER: "The answer comes late",
    Fault.DELAY_RECEIPTS: "Receipts come late",
    Fault.DUPLICATE_RECEIPTS: "Every receipt comes twice",
    Fault.REORDER_RECEIPTS: "Receipts come in the wrong order",
    Fault.NO_RECEIPTS: "No receipt ever comes",
    Fault.UNDELIVERABLE: "The text cannot be delivered",
    Fault.FAIL: "The text cannot be sent",
}
CHOICES = tuple(Choice(fault.value, words) for fault, words in _WORDS.items())
_TIMED = frozenset({Fault.TIMEOUT_AFTER_ACCEPTING, Fault.DELAY_ANSWER, Fault.DELAY_RECEIPTS})
_FIELDS = {
    "fault": "what goes wrong",
    "to": "for whom",
    "next_sends": "for how many texts",
    "seconds": "seconds (0 to 600)",
    "code": "error code (five digits)",
}


def in_words(rule: Rule) -> str:
    """A rule as a sentence."""
    pieces = [_WORDS[rule.fault]]
    if rule.fault in _TIMED:
        pieces.append(f"after {rule.seconds:g} seconds")
    if rule.code is not None:
        pieces.append(f"with code {rule.code}")
    pieces.append(f"for {rule.to}" if rule.to else "for everyone")
    if rule.probability < 1:
        pieces.append(f"in {rule.probability:.0%} of texts")
    if rule.next_sends is not None:
        pieces.append("for the next text" if rule.next_sends == 1 else _next(rule.next_sends))
    return ", ".join(pieces)


def _next(sends: int) -> str:
    return f"for the next {sends} texts"


def problem(fields: list[str]) -> str:
    """Says which fields of the form cannot be used."""
    named = ", ".join(_FIELDS.get(field, field) for field in fields)
    return f"Please check this and start the fault again: {named}."

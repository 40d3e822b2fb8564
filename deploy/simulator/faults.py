"""Faults that can be injected: the rules, and what they do to one text.

Pure apart from the random source that is passed in: the same seed and the same sends
give the same faults.
"""

from enum import StrEnum
from random import Random

from pydantic import BaseModel, ConfigDict, Field


class Fault(StrEnum):
    """One way in which sending a text goes wrong."""

    REFUSE = "refuse"
    """The API answers 4xx with `code`; nothing is stored."""
    ERROR_BEFORE_STORING = "error_before_storing"
    """The API answers 500; nothing is stored."""
    ERROR_AFTER_STORING = "error_after_storing"
    """The text is taken and goes out, and yet the API answers 500."""
    DROP_BEFORE_ACCEPTING = "drop_before_accepting"
    """The connection is cut without an answer; nothing is stored."""
    TIMEOUT_AFTER_ACCEPTING = "timeout_after_accepting"
    """The text is taken and goes out; the connection is cut after `seconds` without an answer."""
    DELAY_ANSWER = "delay_answer"
    """The API answers `seconds` later."""
    DELAY_RECEIPTS = "delay_receipts"
    """Every status after `queued` comes `seconds` later."""
    DUPLICATE_RECEIPTS = "duplicate_receipts"
    """Every receipt is posted twice."""
    REORDER_RECEIPTS = "reorder_receipts"
    """Receipts are posted last one first."""
    NO_RECEIPTS = "no_receipts"
    """The text stays `sent`; no receipt is ever posted."""
    UNDELIVERABLE = "undeliverable"
    """Taken and sent, then `undelivered` with `code`."""
    FAIL = "fail"
    """Taken, then `failed` with `code`."""


class Rule(BaseModel):
    """One fault, for whom it holds and for how long."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    fault: Fault
    to: str | None = None
    """The number it holds for; None means every number."""
    next_sends: int | None = Field(default=None, ge=0)
    """Sends left to which it applies; None means until it is removed."""
    code: int | None = Field(default=None, ge=10_000, le=99_999)
    """The provider's error code; each fault has a default."""
    seconds: float = Field(default=5.0, ge=0, le=600)
    probability: float = Field(default=1.0, ge=0, le=1)

    def takes(self, to: str) -> bool:
        """Whether a send to `to` falls under this rule now."""
        return self.next_sends != 0 and self.to in (None, to)


Treatment = dict[Fault, Rule]
"""The faults that one text meets; at most one rule of each kind."""


class Faults:
    """The rules in force. Rules that are used up are removed."""

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self.rules: list[Rule] = []
        self._chance = Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing

    def replace(self, rules: list[Rule], *, seed: int | None = None) -> None:
        """Put these rules in force instead of the present ones; a seed starts chance anew."""
        self.rules = [rule.model_copy() for rule in rules]
        if seed is not None:
            self._seed = seed
        self._chance.seed(self._seed)

    def add(self, rule: Rule) -> None:
        """Put one more rule in force."""
        self.rules.append(rule)

    def draw(self, to: str) -> Treatment:
        """Decide what a send to `to` meets, and count it against the rules it met."""
        treatment: Treatment = {}
        for rule in self.rules:
            if rule.fault in treatment or not rule.takes(to):
                continue
            if rule.probability < 1 and self._chance.random() >= rule.probability:
                continue
            treatment[rule.fault] = rule
            if rule.next_sends is not None:
                rule.next_sends -= 1
        if treatment:
            self.rules = [rule for rule in self.rules if rule.next_sends != 0]
        return treatment

"""What a text from a person or a coach means.

Order: opt-out, then crisis (both always looked at; a text may be both), then a coded answer, then
START and HELP, then a human. In doubt about an opt-out texts end and a human is told; in doubt
about danger a human is told. Nothing is decided here beyond the meaning of one text.
"""

from dataclasses import dataclass
from typing import Literal

from services.notifications.rules.danger import CrisisClass, craves, find_danger
from services.notifications.rules.lexicon import answers
from services.notifications.rules.replies import (
    OfferAnswer,
    PersonAnswer,
    Question,
    WhichOffer,
    adds_words,
    answer_of_coach,
    answer_of_person,
)
from services.notifications.rules.spelling import Words
from services.notifications.rules.steps import Scope
from services.notifications.rules.stopping import Stop, bare, judge_stop
from services.notifications.rules.tongue import understand

_SHORT_STOP = 6
"""An opt-out of more words than this may say something else too, so a human reads it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. Nothing set, beside `needs_human`, is free text for a human."""

    opt_out: Scope | None = None
    """Texts end now, whatever else the text says."""
    wrong_number: bool = False
    """The number is somebody else's: implies an opt-out, mark it, ask the clinic."""
    crisis: CrisisClass | None = None
    """Words of danger: the fixed answer at once, a human within a minute, automation stops."""
    answer: PersonAnswer | OfferAnswer | WhichOffer | None = None
    start: bool = False
    help: bool = False
    needs_human: bool = False
    """Somebody reads it within working hours (at once with `crisis`)."""
    ambiguous: bool = False
    """The opt-out is likely, not certain: its confirmation says how to undo it."""
    hold: bool = False
    """Automated texts wait until a human has read this one."""
    craving: bool = False
    """The text speaks of wanting or using; the coach may be told that it came up."""


def read_text(
    body: str,
    *,
    sender_kind: Literal["person", "coach"],
    pending: Question | None = None,
    opted_out: bool = False,
    open_offers: tuple[str, ...] = (),
) -> Reading:
    """Read one inbound text.

    `pending` is the person's unanswered question, `opted_out` whether texts to this number are
    stopped, `open_offers` the codes of the coach's open offers.
    """
    words = understand(body)
    danger = find_danger(words)
    stop = judge_stop(
        words,
        asked=pending is not None or bool(open_offers),
        number_check=pending is Question.NUMBER_CHECK,
    )
    if stop in (Stop.CLEAR, Stop.UNSURE, Stop.WRONG_NUMBER):
        return _stopped(words, stop, danger)
    answer = (
        answer_of_coach(words, open_offers)
        if sender_kind == "coach"
        else answer_of_person(words, pending)
    )
    if danger is not None:
        return Reading(
            crisis=danger, answer=answer, needs_human=True, hold=True, craving=craves(words)
        )
    if stop is Stop.MISREAD:
        return Reading(answer=answer, needs_human=True, hold=True, craving=craves(words))
    return _plain(words, answer, opted_out=opted_out)


def _stopped(words: Words, stop: Stop, danger: CrisisClass | None) -> Reading:
    unsure = stop is Stop.UNSURE
    return Reading(
        opt_out=Scope.ALL,
        wrong_number=stop is Stop.WRONG_NUMBER,
        crisis=danger,
        needs_human=unsure or danger is not None or len(words.text.split()) > _SHORT_STOP,
        ambiguous=unsure,
        hold=danger is not None,
        craving=craves(words),
    )


def _plain(
    words: Words, answer: PersonAnswer | OfferAnswer | WhichOffer | None, *, opted_out: bool
) -> Reading:
    """A text that neither stops anything nor speaks of danger."""
    whole = bare(words.text)
    if whole in answers.START or (opted_out and words.text in answers.START_WHEN_OUT):
        return Reading(start=True)
    if answer is not None:
        return Reading(answer=answer, needs_human=adds_words(words), craving=craves(words))
    if whole in answers.HELP or words.text in answers.HELP:
        return Reading(help=True)
    return Reading(help=whole in answers.HELP_AND_HUMAN, needs_human=True, craving=craves(words))

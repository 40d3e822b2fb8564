"""What people say to us: one row for each meaning, in which words it is said, and what follows.

Data, not code. How a text is read (`inbound`), the answers of the plan, the words that our texts
offer, and the tests derive from these rows. The gravest stands first: of several things said in
one text, the first that is answered gives the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.notifications.rules.follows import Fact, Follows, Manner, Question, Who
from services.notifications.rules.kinds import Kind
from services.notifications.rules.lexicon import answers, stops
from services.notifications.rules.lexicon.deaths import DEATH
from services.notifications.rules.lexicon.hard_times import HARD_TIME
from services.notifications.rules.lexicon.revocations import REVOCATION
from shared.events.messages import TextFlag
from shared.tasks import TaskKind


class Meaning(StrEnum):
    """What a text says. The values are stored with it, joined by `+`; they never change."""

    DANGER = "crisis"
    SOUNDS_GRAVE = "sounds_grave"
    """No list knows the words, but they sound like danger (`learned`)."""
    DEATH = "death"
    """Somebody tells that the person has died."""
    REVOCATION = "revocation"
    """Takes the consent back, or wants what is kept to be deleted."""
    WRONG_NUMBER = "wrong_number"
    STOP = "opt_out"
    HARD_TIME = "hard_time"
    """Wants to use or drink, has done so, or cannot cope."""
    SOUNDS_HARD = "sounds_hard"
    """No pattern knows the words, but they sound like a hard time (`learned`)."""
    UNSURE = "unsure"
    """The stop is likely, not certain."""
    ABOUT_ELSE = "about_else"
    """A stop word about something else than our texts."""
    YES = "yes"
    GOOD = "good"
    SO_SO = "so_so"
    NOT_GOOD = "not_good"
    OTHER_COACH = "other_coach"
    ACCEPT = "accept"
    PASS = "pass"  # noqa: S105 (a coach's word, no secret)
    WHICH_OFFER = "which_offer"
    """An answer to an offer while several are open, and none of them named."""
    OFFER_GONE = "offer_gone"
    """An answer to an offer that is not open any more."""
    START = "start"
    HELP = "help"
    ASKS = "asks"
    """Asks for help, or who we are, in more than a keyword."""
    WORDS = "free_text"
    """Words that nothing else explains, or that stand beside an answer."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """One row: a meaning, its words in English and Spanish, and what follows for each writer.

    A meaning without words is found by rules of its own (`stopping`, `danger`, `replies`).
    """

    meaning: Meaning
    follows: Mapping[Who, Follows]
    exact: frozenset[str] = frozenset()
    """The whole text, beside words that change nothing."""
    within: tuple[str, ...] = ()
    """Patterns of what is said in many ways, anywhere in the text."""
    digit: str | None = None
    question: Question | None = None
    """Said only while this question is open; then the first half-sentence counts."""
    offered: tuple[str, ...] = ()
    """The words that our texts ask people to use."""


_READ = Follows(task=TaskKind.TEXT_TO_READ)
_THANKED = Follows(Kind.THANKS, facts=(Fact.REPLIED,))
_MENU = Follows(Kind.MENU, task=TaskKind.TEXT_TO_READ, once=True)
_COACH_MENU = Follows(Kind.COACH_MENU, task=TaskKind.TEXT_TO_READ, once=True)
_STOPPED = Follows(Kind.OPT_OUT_CONFIRMED, Manner.CONFIRMATION, facts=(Fact.OPTED_OUT,))
_CRISIS = Follows(Kind.CRISIS, Manner.URGENT, task=TaskKind.DANGER, holds=True)
_TOLD_OF_DEATH = Follows(Kind.DEATH_HEARD, Manner.RIGHT, task=TaskKind.DEATH_TOLD, once=True)
_REVOKED = Follows(
    Kind.REVOCATION_HEARD,
    Manner.RIGHT,
    (Kind.CLINIC_PLEASE_LOOK,),
    TaskKind.REVOCATION_TO_CONFIRM,
    (Fact.OPTED_OUT, Fact.FLAGGED),
    once=True,
    flag=TextFlag.REVOCATION,
    holds=True,
)
_HARD_TIME_IT_SEEMS = Follows(Kind.HARD_TIME, task=TaskKind.SOMEBODY_STRUGGLES)
_HARD_TIME = replace(_HARD_TIME_IT_SEEMS, notes=(Kind.COACH_HARD_TIME,))
_LOW_ANSWER = replace(_HARD_TIME, facts=(Fact.REPLIED,))
_HELP = Follows(Kind.HELP, Manner.RIGHT)
_HELP_AND_READ = Follows(Kind.HELP, Manner.RIGHT, task=TaskKind.TEXT_TO_READ)

KEYWORDS: tuple[Keyword, ...] = (
    Keyword(
        Meaning.DANGER,
        {
            Who.PERSON: Follows(
                Kind.CRISIS,
                Manner.URGENT,
                (Kind.COACH_SAFETY, Kind.CLINIC_SAFETY),
                TaskKind.DANGER,
                (Fact.FLAGGED,),
                holds=True,
            ),
            Who.COACH: _CRISIS,
            Who.STRANGER: _CRISIS,
        },
    ),
    Keyword(Meaning.SOUNDS_GRAVE, dict.fromkeys(Who, _CRISIS)),
    Keyword(
        Meaning.DEATH,
        {
            Who.PERSON: Follows(
                Kind.DEATH_HEARD,
                Manner.RIGHT,
                (Kind.CLINIC_PLEASE_LOOK,),
                TaskKind.DEATH_TOLD,
                (Fact.FLAGGED,),
                once=True,
                flag=TextFlag.DEATH,
                holds=True,
            ),
            **dict.fromkeys((Who.COACH, Who.STRANGER), _TOLD_OF_DEATH),
        },
        within=DEATH,
    ),
    Keyword(
        Meaning.REVOCATION,
        {
            Who.PERSON: _REVOKED,
            Who.STRANGER: Follows(
                Kind.REVOCATION_HEARD,
                task=TaskKind.REVOCATION_TO_CONFIRM,
                facts=(Fact.OPTED_OUT,),
            ),
        },
        within=REVOCATION,
    ),
    Keyword(
        Meaning.WRONG_NUMBER,
        {
            Who.PERSON: Follows(
                Kind.WRONG_NUMBER_CONFIRMED,
                Manner.CONFIRMATION,
                (Kind.COACH_USE_ANOTHER_WAY, Kind.CLINIC_NUMBER_WRONG),
                facts=(Fact.OPTED_OUT,),
            ),
            Who.COACH: _STOPPED,
            Who.STRANGER: Follows(facts=(Fact.OPTED_OUT,)),
        },
    ),
    Keyword(
        Meaning.STOP,
        {
            Who.PERSON: Follows(
                Kind.OPT_OUT_CONFIRMED,
                Manner.CONFIRMATION,
                (Kind.COACH_USE_ANOTHER_WAY, Kind.CLINIC_USE_ANOTHER_WAY),
                facts=(Fact.OPTED_OUT,),
            ),
            Who.COACH: _STOPPED,
            Who.STRANGER: Follows(facts=(Fact.OPTED_OUT,)),
        },
        exact=stops.STOP,
        offered=("STOP",),
    ),
    Keyword(
        Meaning.HARD_TIME,
        {
            Who.PERSON: _HARD_TIME,
            Who.STRANGER: _HARD_TIME_IT_SEEMS,
        },
        within=HARD_TIME,
    ),
    Keyword(Meaning.SOUNDS_HARD, dict.fromkeys((Who.PERSON, Who.STRANGER), _HARD_TIME_IT_SEEMS)),
    Keyword(Meaning.UNSURE, dict.fromkeys(Who, _READ)),
    Keyword(
        Meaning.ABOUT_ELSE,
        {
            Who.PERSON: replace(_MENU, holds=True),
            Who.COACH: _COACH_MENU,
            Who.STRANGER: _READ,
        },
    ),
    Keyword(
        Meaning.YES,
        {Who.PERSON: _THANKED},
        exact=answers.YES,
        digit="1",
        question=Question.NUMBER_CHECK,
    ),
    Keyword(
        Meaning.GOOD,
        {Who.PERSON: _THANKED},
        exact=answers.GOOD,
        digit="1",
        question=Question.CHECK_IN,
    ),
    Keyword(
        Meaning.SO_SO,
        {Who.PERSON: _THANKED},
        exact=answers.SO_SO,
        digit="2",
        question=Question.CHECK_IN,
    ),
    Keyword(
        Meaning.NOT_GOOD,
        {Who.PERSON: _LOW_ANSWER},
        exact=answers.NOT_GOOD,
        digit="3",
        question=Question.CHECK_IN,
    ),
    Keyword(
        Meaning.OTHER_COACH,
        {Who.PERSON: Follows(Kind.OTHER_COACH_NOTED, facts=(Fact.REPLIED,))},
        exact=answers.OTHER_COACH,
        offered=("OTHER", "OTRA"),
    ),
    Keyword(
        Meaning.ACCEPT, {Who.COACH: Follows(facts=(Fact.OFFER_ANSWERED,))}, exact=answers.ACCEPT
    ),
    Keyword(Meaning.PASS, {Who.COACH: Follows(facts=(Fact.OFFER_ANSWERED,))}, exact=answers.PASS),
    Keyword(Meaning.WHICH_OFFER, {Who.COACH: Follows(Kind.OFFER_REPLY_UNCLEAR)}),
    Keyword(Meaning.OFFER_GONE, {Who.COACH: Follows(Kind.OFFER_REPLY_TOO_LATE)}),
    Keyword(
        Meaning.START,
        {
            Who.PERSON: Follows(Kind.START_CONFIRMED, manner=Manner.RIGHT, facts=(Fact.OPTED_IN,)),
            Who.COACH: Follows(Kind.START_CONFIRMED, manner=Manner.RIGHT, facts=(Fact.OPTED_IN,)),
            Who.STRANGER: Follows(),
        },
        exact=answers.START,
        offered=("START",),
    ),
    Keyword(
        Meaning.HELP,
        {Who.PERSON: _HELP, Who.COACH: _HELP, Who.STRANGER: _HELP},
        exact=answers.HELP,
        offered=("HELP", "AYUDA"),
    ),
    Keyword(Meaning.ASKS, dict.fromkeys(Who, _HELP_AND_READ), exact=answers.HELP_AND_HUMAN),
    Keyword(
        Meaning.WORDS,
        {Who.PERSON: _MENU, Who.COACH: _COACH_MENU, Who.STRANGER: _READ},
    ),
)
BY_MEANING: Mapping[Meaning, Keyword] = {row.meaning: row for row in KEYWORDS}


def follows_of(meaning: Meaning, who: Who) -> Follows:
    """What follows when `who` says it. Raises KeyError where `who` cannot say it."""
    return BY_MEANING[meaning].follows[who]


ENDS_TEXTS = frozenset(
    row.meaning
    for row in KEYWORDS
    if any(Fact.OPTED_OUT in follows.facts for follows in row.follows.values())
)
"""What ends all texts to the number, from any writer."""

HOLDING = tuple(
    row.meaning
    for row in KEYWORDS
    if any(Fact.FLAGGED in follows.facts for follows in row.follows.values())
)
"""What holds all that is automatic until a named human has looked, the gravest first."""

"""What a text means (`read`), and what follows (`follow`). Both derive from `keywords`.

A text may say several things: opt-out and crisis are always looked for. In doubt about an opt-out
texts end and a human is told; in doubt about danger a human is told.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from services.notifications.rules.danger import CrisisClass, find_danger
from services.notifications.rules.follows import Fact, Follows, Manner, Question, Who
from services.notifications.rules.keywords import BY_MEANING, ENDS_TEXTS, KEYWORDS, Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.rules.learned import sounds_grave, sounds_hard
from services.notifications.rules.lexicon import answers
from services.notifications.rules.replies import adds_words, answer_of_coach, answer_of_person
from services.notifications.rules.spelling import Words
from services.notifications.rules.stopping import Stop, any_of, bare, judge_stop, quotes_us
from services.notifications.rules.tongue import understand
from shared.tasks import TaskKind

_PATTERNS = {row.meaning: any_of(row.within) for row in KEYWORDS if row.within}
_UNEXPLAINED = {Meaning.WORDS, Meaning.ABOUT_ELSE}
_LEFT_OPEN = {*_UNEXPLAINED, Meaning.HARD_TIME}
_SILENCING = {Meaning.DANGER, Meaning.DEATH}
_LONGEST = 1_600
"""Characters that a provider lets a text have: no pattern takes long over what is longer."""
_SHORT_STOP = 6
"""An opt-out of more words than this may say something else too, so a human reads it."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is open with the writer when a text comes."""

    question: Question | None = None
    """What was asked and not yet answered."""
    opted_out: bool = False
    """Texts to this number are stopped."""
    offers: tuple[str, ...] = ()
    """The codes of the coach's open offers."""
    coached: tuple[UUID, ...] = ()
    """The referrals of whose coach somebody with this number may know."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: one meaning at least, the gravest first."""

    says: tuple[Meaning, ...]
    crisis: CrisisClass | None = None
    """The class of danger, where it says `DANGER`."""
    offer: str | None = None
    """The code of the offer that is answered, where it says `ACCEPT` or `PASS`."""
    referral: UUID | None = None
    """Whose coach is meant, where it says `OTHER_COACH`."""

    def __contains__(self, meaning: Meaning) -> bool:
        return meaning in self.says

    @property
    def code(self) -> str:
        """The reading as it is stored, for people and for the audit."""
        return "+".join(self.says)


def read(body: str, who: Who, what_is_open: Open) -> Reading:
    """Read one inbound text."""
    words = understand(body)
    danger = find_danger(words)
    coded, offer = _coded(words, who, what_is_open)
    said = {*_stops(words, what_is_open), *_said_in_many_ways(words, who)}
    if danger is not None:
        said.add(Meaning.DANGER)
    if said & ENDS_TEXTS:
        gravest = next(row.meaning for row in KEYWORDS if row.meaning in said & ENDS_TEXTS)
        said -= ENDS_TEXTS - {gravest}
        if len(words.text.split()) > _SHORT_STOP:
            said.add(Meaning.WORDS)
    elif said:
        said |= {coded} if coded is not None else set()
    else:
        said = set(_plain(words, coded, opted_out=what_is_open.opted_out))
    said |= set(_sounds(words, who, said))
    says = tuple(row.meaning for row in KEYWORDS if row.meaning in said)
    referral = what_is_open.coached[0] if Meaning.OTHER_COACH in says else None
    return Reading(says, danger, offer, referral)


def _stops(words: Words, what_is_open: Open) -> Iterator[Meaning]:
    """What the text says about texts."""
    stop = judge_stop(
        words,
        asked=what_is_open.question is not None or bool(what_is_open.offers),
        number_check=what_is_open.question is Question.NUMBER_CHECK,
    )
    match stop:
        case Stop.CLEAR:
            yield Meaning.STOP
        case Stop.UNSURE:
            yield from (Meaning.STOP, Meaning.UNSURE)
        case Stop.WRONG_NUMBER:
            yield Meaning.WRONG_NUMBER
        case Stop.MISREAD:
            yield Meaning.ABOUT_ELSE
        case Stop.NONE:
            pass


def _said_in_many_ways(words: Words, who: Who) -> Iterator[Meaning]:
    """What patterns find, in the text as typed or as mended; our own words do not count."""
    if quotes_us(words):
        return
    for meaning, pattern in _PATTERNS.items():
        sayable = who in BY_MEANING[meaning].follows
        if sayable and any(pattern.search(text[:_LONGEST]) for text in (words.text, words.typed)):
            yield meaning


def _coded(words: Words, who: Who, what_is_open: Open) -> tuple[Meaning | None, str | None]:
    """The coded answer in the text, if there is one, and the offer that it names.

    Nobody is released by a guess: where it is not clear which coach is meant, a human reads it.
    """
    match who:
        case Who.PERSON:
            answer = answer_of_person(words, what_is_open.question)
            is_clear = answer is not Meaning.OTHER_COACH or len(what_is_open.coached) == 1
            return answer if is_clear else None, None
        case Who.COACH:
            return answer_of_coach(words, what_is_open.offers)
        case Who.STRANGER:
            return None, None


def _plain(words: Words, coded: Meaning | None, *, opted_out: bool) -> Iterator[Meaning]:
    """A text that neither stops anything nor speaks of danger."""
    whole = bare(words.text)
    if whole in BY_MEANING[Meaning.START].exact or (
        opted_out and words.text in answers.START_WHEN_OUT
    ):
        yield Meaning.START
        if not opted_out:
            yield Meaning.WORDS  # with no texts stopped, it may be support that shall start
    elif coded is not None:
        yield coded
        if adds_words(words):
            yield Meaning.WORDS
    else:
        texts = {whole, words.text}
        asked = (one for one in (Meaning.HELP, Meaning.ASKS) if texts & BY_MEANING[one].exact)
        yield next(asked, Meaning.WORDS)


def _sounds(words: Words, who: Who, said: Set[Meaning]) -> Iterator[Meaning]:
    """What the second reader adds where rules leave something open."""
    if said.isdisjoint(_LEFT_OPEN) or said & ENDS_TEXTS or quotes_us(words):
        return
    if Meaning.DANGER not in said and sounds_grave(words):
        yield Meaning.SOUNDS_GRAVE
    may_be_hard = who in BY_MEANING[Meaning.SOUNDS_HARD].follows
    if may_be_hard and said <= _UNEXPLAINED and sounds_hard(words):
        yield Meaning.SOUNDS_HARD


@dataclass(frozen=True, slots=True)
class Consequences:
    """What is done about one text."""

    answers: tuple[Kind, ...]
    notes: tuple[Kind, ...]
    """What the coach and the clinic of each running referral are told."""
    tasks: tuple[tuple[TaskKind, Meaning], ...]
    """What humans are asked for, and why."""
    facts: tuple[tuple[Fact, Meaning], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What came before this text."""

    unread: frozenset[Meaning] = frozenset()
    """What the writer has said and no human has read yet."""
    crisis_lately: bool = False
    """The crisis text went out in the last half hour."""


def follow(who: Who, reading: Reading, before: Before = Before()) -> Consequences:
    """What follows from a text, by the rows of the table."""
    rows = [(meaning, BY_MEANING[meaning].follows[who]) for meaning in reading.says]
    heard = list(_heard([row for _, row in rows if row.answer is not None]))
    return Consequences(
        answers=tuple(_answers(who, heard, before)),
        notes=tuple(kind for row in heard for kind in row.notes),
        tasks=tuple(_tasks(rows)),
        facts=tuple((fact, meaning) for meaning, row in rows for fact in row.facts),
        holds=any(row.holds for _, row in rows),
    )


def _heard(answered: Sequence[Follows]) -> Iterator[Follows]:
    """The gravest thing said; beside danger a stop is confirmed too."""
    for at, row in enumerate(answered):
        in_danger = answered[0].manner is Manner.URGENT
        if at == 0 or (in_danger and row.manner is Manner.CONFIRMATION):
            yield row


def _answers(who: Who, heard: Sequence[Follows], before: Before) -> Iterator[Kind]:
    """The answers to what is heard, as far as they are due.

    Until a human has read it: after a death nothing is answered but danger, a stop and a call for
    help; after a person's words of danger every plain one gets the crisis text again, at most each
    half hour; and what says that a human reads it is said once.
    """
    said = [BY_MEANING[meaning].follows.get(who) for meaning in before.unread]
    said_once = {row.answer for row in said if row is not None and row.once}
    for row in heard:
        if row.answer is None or (row.once and row.answer in said_once):
            continue
        silenced = who is not Who.COACH and not before.unread.isdisjoint(_SILENCING)
        if row.manner is not Manner.PLAIN or not silenced:
            yield row.answer
        elif Meaning.DEATH not in before.unread and not before.crisis_lately:
            yield Kind.CRISIS


def _tasks(rows: Sequence[tuple[Meaning, Follows]]) -> Iterator[tuple[TaskKind, Meaning]]:
    """Each kind once; a human who acts on a graver one reads the words for it."""
    asked = {row.task: meaning for meaning, row in reversed(rows) if row.task is not None}
    for kind, meaning in asked.items():
        if kind is not TaskKind.TEXT_TO_READ or len(asked) == 1:
            yield kind, meaning

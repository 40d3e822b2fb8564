"""What the coach's page has to say, in every language that it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from services.matching.rules.answer import DeclineReason
from services.matching.rules.states import OfferState
from shared.events import ContactChannel, ContactOutcome

NO_BREAK = "\N{NO-BREAK SPACE}"


class Over(NamedTuple):
    """What is said of an offer that is not open any more, and what it means for the coach."""

    title: str
    next_step: str


@dataclass(frozen=True, slots=True)
class PageWording:
    """Everything the page says. `{who}` is an initial before the yes and the name after it."""

    code: str
    name: str
    """The language in its own name."""
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    halves: tuple[str, str]
    skip: str
    care: str
    languages: Mapping[str, str]
    # before the answer
    title: str
    eyebrow: str
    question: str
    somebody: str
    answer_by: str
    left: str
    where: str
    language: str
    meeting: str
    modality: Mapping[str, str]
    looking_for: str
    kinds: Mapping[str, str]
    to_talk: str
    how_soon: str
    urgency: Mapping[str, str]
    accept: str
    reason: str
    reasons: Mapping[DeclineReason, str]
    not_now: str
    no_harm: str
    # after the yes
    accepted_title: str
    thanks: str
    reach_by: str
    call: str
    text: str
    no_texts: str
    voicemail: str
    no_voicemail: str
    shared_phone: str
    afterwards: str
    how: str
    channels: Mapping[ContactChannel, str]
    what: str
    choose: str
    outcomes: Mapping[ContactOutcome, str]
    save: str
    so_far: str
    boundary: str
    # when there is nothing to answer
    over: Mapping[OfferState, Over]

    def clock(self, at: datetime) -> str:
        """A local moment with its day and zone, as people say it; the clock time stays whole."""
        clock = f"{at.hour % 12 or 12}:{at.minute:02} {self.halves[at.hour // 12]} {at.tzname()}"
        day = self.date.format(
            weekday=self.weekdays[at.weekday()], day=at.day, month=self.months[at.month - 1]
        )
        return f"{day}, {clock.replace(' ', NO_BREAK)}"

    def time_left(self, left: timedelta) -> str:
        """`in 40 min`, `in 3 h`; nothing when it is more than a day or over."""
        minutes = int(left.total_seconds() // 60)
        if not 0 <= minutes < 24 * 60:
            return ""
        return self.left.format(time=f"{minutes} min" if minutes < 120 else f"{minutes // 60} h")

"""What the coach's page has to say, in every language that it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from services.matching.rules.access import NoAccess
from services.matching.rules.answer import DeclineReason
from services.matching.rules.sign_in import LinkStanding
from services.matching.rules.states import OfferState
from shared.events import ContactChannel, ContactOutcome, PauseReason

NO_BREAK = "\N{NO-BREAK SPACE}"


class Notice(NamedTuple):
    """What is said instead of the question or the person, and what it means for the coach."""

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
    reach_was_due: str
    reach_now: str
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
    saved: str
    so_far: str
    boundary: str
    pause_title: str
    pause_why: str
    pauses: Mapping[PauseReason, str]
    pause_until: str
    pause_days: Mapping[int, str]
    pause_means: str
    pause: str
    paused: str
    resume: str
    give_up_title: str
    give_up_means: str
    give_up: str
    given_up: str
    end_title: str
    end_what: str
    endings: Mapping[str, str]
    end_means: str
    end: str
    confirm_end: str
    ended_before: str
    # signing in, and the coach's own list
    send_link: str
    link_sent: str
    sign_in_title: str
    sign_in_means: str
    sign_in: str
    sign_in_not_you: str
    links_over: Mapping[LinkStanding, Notice]
    signed_out: Notice
    people_title: str
    asked_title: str
    to_call_title: str
    overdue: str
    walking_title: str
    nobody_yet: str
    devices_title: str
    this_device: str
    sign_out: str
    # when there is nothing to answer
    over: Mapping[OfferState, Notice]
    closed: Mapping[NoAccess, Notice]
    does_not_fit: Notice

    def clock(self, at: datetime) -> str:
        """A local moment with its day and zone, as people say it; the clock time stays whole."""
        clock = f"{at.hour % 12 or 12}:{at.minute:02} {self.halves[at.hour // 12]} {at.tzname()}"
        day = self.date.format(
            weekday=self.weekdays[at.weekday()], day=at.day, month=self.months[at.month - 1]
        )
        return f"{day}, {clock.replace(' ', NO_BREAK)}"

    def time_left(self, left: timedelta) -> str:
        """`in 40 min`, `in 3 h`; empty when it is more than a day or over."""
        minutes = int(left.total_seconds() // 60)
        if not 0 <= minutes < 24 * 60:
            return ""
        return self.left.format(time=f"{minutes} min" if minutes < 120 else f"{minutes // 60} h")

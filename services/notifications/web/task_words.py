"""What the desk says of each kind of task: what it is, and what to do about it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.rules.by_hand import Worry, worries
from services.notifications.rules.ladder import Rung
from services.notifications.rules.states import State, SuppressReason
from shared.tasks import Outcome, TaskKind


@dataclass(frozen=True, slots=True)
class Words:
    """`title` stands on the board, `act` on the task's page."""

    title: str
    act: str


WORDS: Mapping[TaskKind, Words] = {
    TaskKind.DANGER: Words(
        "Somebody wrote of danger",
        "Read the words now. Answer or call, and call 911 if a life is at risk. Everything "
        "automatic to a known number waits until the clinic has released the hold or, where no "
        "referral is on hold, until you close this task; what you write does not wait.",
    ),
    TaskKind.DEATH_TOLD: Words(
        "A text says that somebody has died",
        "Read the words and call, with care. If they came from the person's own number, everything "
        "automatic waits; else nothing is held, so find out who is meant. If it is so, ask the "
        "clinic to send the referral again with the death in it; if not, the clinic releases the "
        "hold on its page for the referral.",
    ),
    TaskKind.REVOCATION_TO_CONFIRM: Words(
        "Somebody may want to take their consent back",
        "Read the words and make sure of what they mean. Everything automatic waits, and the "
        "coach sees nothing of the person. If they mean it, the clinic records it on its page for "
        "the referral; if not, the clinic releases the hold there.",
    ),
    TaskKind.SOMEBODY_STRUGGLES: Words(
        "Somebody is having a hard time",
        "Read the words. Their coach may have been asked to reach out, unless the words were only "
        "guessed at. Make sure that somebody does, and call 911 if a life is at risk.",
    ),
    TaskKind.TEXT_TO_READ: Words(
        "A text to read",
        "Read the words and do what they ask for. Close the task when the person has what they "
        "need.",
    ),
    TaskKind.MESSAGE_PARKED: Words(
        "A message that nobody can decide about",
        "No rule can decide about it. See why it waits; where the outcome is unknown, look at the "
        "provider's list. Then send it again, say that it has arrived, or drop it.",
    ),
    TaskKind.NUMBER_TO_MEND: Words(
        "A number that does not reach one person",
        "Texts to this number do not arrive, somebody else has it, or several people or "
        "referrals have it. Where it does not work, the clinic or the coach has been written to. "
        "Call the clinic: it sends the referral again with another number, or says that people "
        "share the phone. The task closes when that is recorded.",
    ),
    TaskKind.HOLD_TO_RELEASE: Words(
        "A referral is on hold for safety",
        "The clinic releases the hold on its page for the referral, by name. Call the clinic if "
        "it has not done so in time.",
    ),
    TaskKind.SAFETY_FINDING: Words(
        "A referral came with a safety finding",
        "The clinic looks at it and releases the hold on its page for the referral, by name. "
        "No coach is asked before. Call the clinic if it has not done so in time.",
    ),
    TaskKind.FIRST_CONTACT_OVERDUE: Words(
        "A coach has not been in touch",
        "The time for the first contact is over and the coach has noted none. Call the coach; you "
        "can give them one more day. The task closes when the coach notes a contact.",
    ),
    TaskKind.COACHES_PASSED: Words(
        "Several coaches have passed",
        "Nobody is asked by itself any more. Talk to a coach who could take this person, or to "
        "the clinic, and decide how it goes on.",
    ),
    TaskKind.NOBODY_CAN_FIT: Words(
        "No coach can ever fit",
        "No coach on the roster meets what the referral needs. Win one who does, or talk to the "
        "clinic about what is needed, and decide how it goes on.",
    ),
    TaskKind.CONTACT_TO_GIVE_UP: Words(
        "A coach could not reach a person",
        "They have tried in several ways and at several times for a week. Decide whether they try "
        "on or the referral ends.",
    ),
    TaskKind.PAUSE_TO_REVIEW: Words(
        "A pause is over",
        "The day of its review is three days ago, and the coach has not said how support goes on. "
        "Talk to the coach and decide.",
    ),
    TaskKind.NEWS_UNREAD: Words(
        "News that could not be read",
        "An event could not be read, or does not fit what came before. Until somebody has decided "
        "about it, nobody it is about is written to or shown. Look at it with `dead-letters list`, "
        "then replay or discard it (docs/runbook.md).",
    ),
    TaskKind.NEWS_OF_DANGER_UNREAD: Words(
        "News of danger that could not be read",
        "An event that tells of danger could not be read, so perhaps nobody knows of it. "
        "Ask the clinic of the referral now what it knows. Then look at the event with "
        "`dead-letters list`, and replay or discard it (docs/runbook.md).",
    ),
    TaskKind.ON_CALL_TEST: Words(
        "The daily test of the one on call",
        "Nobody is in danger. Who is on call answers with OK and the digits, or with the button "
        "below; that is all. When nobody answers, find out why before a night begins: a phone that "
        "is off, a wrong number, or nobody on the rota.",
    ),
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ANSWERED: "answered",
    Outcome.CALLED: "called",
    Outcome.PASSED_ON: "told the coach or the clinic",
    Outcome.TEXT_READ: "read, nothing else to do",
    Outcome.CONTACT_MADE: "the coach has been in touch",
    Outcome.COACH_FOUND: "a coach said yes",
    Outcome.HOLD_RELEASED: "the hold was released",
    Outcome.REFERRAL_OVER: "the referral is over",
    Outcome.NUMBER_MENDED: "another number was recorded",
    Outcome.ON_CALL_ANSWERED: "somebody answered the test",
    Outcome.NOBODY_ANSWERED: "nobody answered, and the next day's test has begun",
    Outcome.NEWS_SETTLED: "the event was read, or given up",
    Outcome.MESSAGE_DECIDED: "somebody decided about the message",
    Outcome.COACH_CHANGED: "another coach is sought",
    Outcome.PAUSE_DECIDED: "support is paused, or goes on again",
    Outcome.SUPERVISOR_DECIDED: "a supervisor decided how it goes on",
}

WHY_NOT: Mapping[SuppressReason, str] = {
    SuppressReason.OPTED_OUT: "They wrote STOP, so no text may go to them. Call them, or ask "
    "their coach or clinic to.",
    SuppressReason.WRONG_NUMBER: "This number is not theirs, or there is none. Ask their clinic.",
    SuppressReason.DECEASED: "Their record says that they have died.",
    SuppressReason.ERASED: "Their data was erased, and their number with it.",
    SuppressReason.CONSENT_REVOKED: "Their consent was taken back.",
    SuppressReason.DO_NOT_CONTACT: "Their record says not to contact them.",
    SuppressReason.STATE_CHANGED: "It is not needed any more.",
    SuppressReason.SUPERSEDED: "Something newer has taken its place.",
    SuppressReason.TOO_LATE: "It would have come too late.",
    SuppressReason.CAPPED: "They have had enough texts for now.",
    SuppressReason.CHANNEL_STOPPED: "Texts are stopped, by a fault of our account.",
}
"""Why a text was not sent, for its writer."""

NOBODY_KNOWN = (
    "Of somebody whom no record knows, neither words nor number are kept here. The text provider "
    "shows both."
)

WORRIES: Mapping[Worry, str] = {
    Worry.GIVES_AWAY: "Somebody who sees their phone could tell what this is about: {found}.",
    Worry.NAMES_NOBODY: "It does not say who writes. Begin with your first name and Alongside.",
    Worry.HAS_A_LINK: "It has a link: {found}. People do well not to trust links in texts.",
    Worry.IS_LONG: "It is long: it goes out in {found} parts, which may come out of order.",
}

CALLS: Mapping[str, str] = {
    Rung.ON_CALL: "who is on call was called",
    Rung.SECOND: "the second on call was called",
    Rung.SUPERVISORS: "all supervisors were called",
    Rung.CLINIC: "the clinic was written to",
    Rung.OPERATORS: "all operators were called",
    "acknowledged": "somebody said that they act on it",
}
"""What happened to the alarm of a task."""


def warnings_about(words: str, telling: re.Pattern[str]) -> Sequence[str]:
    """What to tell the writer of these words."""
    return [WORRIES[worry].format(found=what) for worry, what in worries(words, telling)]


LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish"}

_BECAME: Mapping[State, str] = {
    State.PLANNED: "on its way",
    State.CLAIMED: "on its way",
    State.UNKNOWN: "on its way",
    State.PARKED: "waits until somebody decides about it: see the desk",
    State.SENT: "sent",
    State.DELIVERED: "arrived",
    State.UNDELIVERED: "did not arrive",
    State.NO_RECEIPT: "sent; nobody knows whether it arrived",
    State.SUPPRESSED: "not sent",
    State.FAILED: "did not arrive",
}


def became(state: State, reason: str | None) -> str:
    """How far a text of ours got, and why not further."""
    if state is State.SUPPRESSED and reason in set(SuppressReason):
        return f"{_BECAME[state]}. {WHY_NOT[SuppressReason(reason)]}"
    return _BECAME[state]


def how_soon(due_at: datetime, now: datetime) -> str:
    """`in 12 min`, `in 3 h`, `overdue by 2 h`: how a clock is read in a hurry."""
    left = due_at - now
    if left >= timedelta(0):
        return f"in {_length(left)}"
    return f"overdue by {_length(-left)}"


def how_long_ago(at: datetime, now: datetime) -> str:
    """`5 min ago`; what happened this very minute is `just now`."""
    return f"{_length(now - at)} ago" if now - at >= timedelta(minutes=1) else "just now"


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"

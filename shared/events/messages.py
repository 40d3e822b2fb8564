"""`alongside.messages.v1`: what became of messages, and what people answered, in codes.

Key: the referral, or the person or coach where there is none.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.base import Answer, Channel, CodeField, Event, RecipientKind

CodeText = Annotated[str, CodeField]


class MessageEvent(Event):
    topic: ClassVar[str] = "alongside.messages.v1"
    subject_id: UUID
    """The referral; the person or coach where there is none."""

    @property
    def key(self) -> UUID:
        return self.subject_id


class _Message(MessageEvent):
    message_id: UUID
    step: CodeText
    recipient_kind: RecipientKind
    recipient_id: UUID
    channel: Channel
    offer_id: UUID | None = None


class MessageSent(_Message):
    """The provider took the message. Not yet delivered."""

    type: ClassVar[str] = "message.sent"


class MessageDelivered(_Message):
    """The provider says that it arrived."""

    type: ClassVar[str] = "message.delivered"


class MessageUndelivered(_Message):
    """It did not arrive; `reason` is the class of the provider's code."""

    type: ClassVar[str] = "message.undelivered"
    reason: CodeText


class MessageFailed(_Message):
    """The provider refused it; `reason` is the class of the provider's code."""

    type: ClassVar[str] = "message.failed"
    reason: CodeText


class MessageSuppressed(_Message):
    """It was not sent on purpose; `reason` says which rule stopped it."""

    type: ClassVar[str] = "message.suppressed"
    reason: CodeText


class MessageParked(_Message):
    """It waits for a human: nobody can tell whether the provider has it."""

    type: ClassVar[str] = "message.parked"
    reason: CodeText


class CoachReplied(MessageEvent):
    """A coach answered an offer by text; matching judges it like the page's answer."""

    type: ClassVar[str] = "coach.replied"
    offer_id: UUID
    coach_id: UUID
    answer: Answer


class ReplyReceived(MessageEvent):
    """A person answered a question with one of its codes."""

    type: ClassVar[str] = "reply.received"
    person_id: UUID
    question: CodeText
    answer: CodeText


class PersonOptedOut(MessageEvent):
    """The person wants no more texts. Matching goes on; coach and clinic use another way."""

    type: ClassVar[str] = "person.opted_out"
    person_id: UUID
    scope: CodeText = Field(default="all")


class PersonOptedIn(MessageEvent):
    """The person wants texts again; nothing that was missed is sent later."""

    type: ClassVar[str] = "person.opted_in"
    person_id: UUID
    scope: CodeText = Field(default="all")


class PersonUnreachable(MessageEvent):
    """No channel reaches the person: the number is wrong or every text fails."""

    type: ClassVar[str] = "person.unreachable"
    person_id: UUID


class PersonSilent(MessageEvent):
    """Two check-ins in a row went unanswered; the coach is told."""

    type: ClassVar[str] = "person.silent"
    person_id: UUID


class SafetyFlagged(MessageEvent):
    """A text may be about danger; a human must read it now."""

    type: ClassVar[str] = "safety.flagged"
    person_id: UUID
    flag: CodeText
    source: CodeText

"""`alongside.messages.v1`: how people answered, and what became of offers' messages, in codes.

What became of all other messages decides nothing for another service and has a topic of its own,
`alongside.deliveries.v1`. Key: the referral, or the person or coach where there is none.
"""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.base import Answer, Channel, CodeField, Event, RecipientKind

DELIVERIES = "alongside.deliveries.v1"

CodeText = Annotated[str, CodeField]


class MessageEvent(Event):
    topic: ClassVar[str] = "alongside.messages.v1"
    subject_id: UUID
    """The referral; the person or coach where there is none."""

    @property
    def key(self) -> UUID:
        return self.subject_id


class _Message(MessageEvent):
    unread_topic: ClassVar[str | None] = DELIVERIES
    message_id: UUID
    step: CodeText
    recipient_kind: RecipientKind
    recipient_id: UUID
    channel: Channel
    offer_id: UUID | None = None

    @property
    def sent_to(self) -> str:
        """Matching has to know what became of the texts that ask a coach."""
        return self.topic if self.offer_id is not None else DELIVERIES


class MessageSent(_Message):
    """The provider took the message. Not yet delivered."""

    type: ClassVar[str] = "message.sent"


class MessageDelivered(_Message):
    """The provider says that it arrived."""

    type: ClassVar[str] = "message.delivered"

    @property
    def sent_to(self) -> str:
        """Nobody waits for a receipt."""
        return DELIVERIES


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
    """No machine may decide: it waits for a human, and has reached nobody as far as we know."""

    type: ClassVar[str] = "message.parked"
    reason: CodeText


class CoachReplied(MessageEvent):
    """A coach answered an offer by text; matching judges it like the page's answer."""

    type: ClassVar[str] = "coach.replied"
    offer_id: UUID
    coach_id: UUID
    answer: Answer


OTHER_COACH = "other_coach"
"""The answer of a person who wants another coach."""


class ReplyReceived(MessageEvent):
    """A person answered a question with one of its codes.

    `offer_id` is the assignment that they were told of, where there was one.
    """

    type: ClassVar[str] = "reply.received"
    person_id: UUID
    question: CodeText
    answer: CodeText
    offer_id: UUID | None = None


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


class TextFlag(StrEnum):
    """What a text is flagged for beside danger; a human makes sure before anything goes on."""

    DEATH = "death"
    """Somebody tells that the person has died."""
    REVOCATION = "consent-revocation"
    """The person takes the consent back, or wants what is kept to be deleted."""


class FlagSource(StrEnum):
    """What made notifications flag a referral."""

    INBOUND_TEXT = "inbound_text"
    """A text, just now."""
    EARLIER_TEXT = "earlier_text"
    """One from before this referral was accepted; its own event may have held it already."""


class SafetyFlagged(MessageEvent):
    """Nothing automatic goes on until a human has looked: a text may be about danger.

    `flag` is the class of danger, or a `TextFlag`; `source` a `FlagSource`.
    """

    type: ClassVar[str] = "safety.flagged"
    person_id: UUID
    flag: CodeText
    source: CodeText

"""`alongside.assignments.v1`: what matching says about offers and assignments. Key: referral."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from shared.events.base import CodeField, EpisodeField, Event, Instant

CodeText = Annotated[str, CodeField]


class ContactOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    TEXTED = "texted"
    MET = "met"


class ContactChannel(StrEnum):
    PHONE = "phone"
    TEXT = "text"
    IN_PERSON = "in_person"
    VIDEO = "video"


class AssignmentEvent(Event):
    topic: ClassVar[str] = "alongside.assignments.v1"
    referral_id: UUID

    @property
    def key(self) -> UUID:
        return self.referral_id


class OfferMade(AssignmentEvent):
    """One coach is asked; at most one offer is live per referral. `answer_by` is the deadline."""

    type: ClassVar[str] = "offer.made"
    offer_id: UUID
    coach_id: UUID
    episode: int = EpisodeField
    answer_by: Instant
    remind_at: Instant


class OfferAccepted(AssignmentEvent):
    """The coach said yes in time. `coach.assigned` follows with what comes next."""

    type: ClassVar[str] = "offer.accepted"
    offer_id: UUID
    coach_id: UUID


class OfferDeclined(AssignmentEvent):
    """The coach said not this time; the next one is asked."""

    type: ClassVar[str] = "offer.declined"
    offer_id: UUID
    coach_id: UUID
    reason: CodeText


class OfferExpired(AssignmentEvent):
    """The deadline passed without an answer; the next coach is asked."""

    type: ClassVar[str] = "offer.expired"
    offer_id: UUID
    coach_id: UUID


class OfferWithdrawn(AssignmentEvent):
    """The offer was taken back: the referral ended, was held, or the coach became ineligible."""

    type: ClassVar[str] = "offer.withdrawn"
    offer_id: UUID
    coach_id: UUID
    reason: CodeText


class ReferralWaitlisted(AssignmentEvent):
    """Nobody can be asked now. `reason` is the rule that removed the last candidates."""

    type: ClassVar[str] = "referral.waitlisted"
    reason: CodeText
    review_at: Instant


class ReferralEscalated(AssignmentEvent):
    """A supervisor has to decide: three coaches passed, or nobody can ever fit."""

    type: ClassVar[str] = "referral.escalated"
    reason: CodeText
    review_at: Instant


class CoachAssigned(AssignmentEvent):
    """A coach took the referral and will reach out by `first_contact_by`."""

    type: ClassVar[str] = "coach.assigned"
    offer_id: UUID
    coach_id: UUID
    episode: int = EpisodeField
    first_contact_by: Instant


class ContactLogged(AssignmentEvent):
    """The coach tried to reach the person, or did. Never carries the note."""

    type: ClassVar[str] = "contact.logged"
    offer_id: UUID
    coach_id: UUID
    channel: ContactChannel
    outcome: ContactOutcome


class AssignmentPaused(AssignmentEvent):
    """Support is on hold until the review date."""

    type: ClassVar[str] = "assignment.paused"
    until: Instant
    reason: CodeText


class AssignmentTransferred(AssignmentEvent):
    """The person goes on with somebody else; the former coach hands over."""

    type: ClassVar[str] = "assignment.transferred"
    reason: CodeText


class AssignmentEnded(AssignmentEvent):
    """Support by this coach is over, with its outcome or reason."""

    type: ClassVar[str] = "assignment.ended"
    offer_id: UUID
    coach_id: UUID
    outcome: CodeText

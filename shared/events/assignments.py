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


class SupportOutcome(StrEnum):
    """How support ended, as its coach says (SDOHCC refer-9 wants an outcome)."""

    GOALS_MET = "goals-met"
    MOVED_TO_OTHER_SUPPORT = "moved-to-other-support"
    PERSON_ENDED = "person-ended"
    TREATMENT_COMPLETED = "treatment-completed"


CANCELLATION_CONFIRMED = "cancellation-confirmed"
"""The outcome where the coach agrees to the end that the clinic has asked for."""


UNABLE_TO_CONTACT = "unable-to-contact"
"""The outcome where the coach could not reach the person, and a supervisor agrees."""


REMATCHING = "rematching"
"""The outcome where the person asked for another coach, who is being sought."""


COACH_LEFT = "coach-left"
"""The outcome where the coach may not go on, and another one is being sought."""


CLINICS_TURN = "clinics-turn"
"""The reason of a wait where the clinic has sent many at once, and others come in between."""


NEWS_WAITS = "news-waits"
"""The reason of a wait where something that the clinic said could not be applied yet."""


COACHES_PASSED = "three-coaches-passed"
"""The reason of a wait in which nobody is asked before a supervisor has decided."""


class PauseReason(StrEnum):
    """Why support is on hold."""

    PERSON_PAUSED = "person-paused"
    HOSPITALISED = "hospitalised"
    INCARCERATED = "incarcerated"
    COACH_LEAVE = "coach-leave"
    OTHER = "other"


class NobodyFound(StrEnum):
    """Why a supervisor gives a search up (BSeR: rejected)."""

    NO_ELIGIBLE_COACH = "no-eligible-coach"
    NO_CAPACITY = "no-capacity"


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
    """Nobody can be asked now.

    `reason` is the rule that removed the last candidates, or CLINICS_TURN, NEWS_WAITS or
    COACHES_PASSED where none was looked for.
    """

    type: ClassVar[str] = "referral.waitlisted"
    reason: CodeText
    review_at: Instant


class ReferralEscalated(AssignmentEvent):
    """A supervisor has to decide: three coaches passed, or nobody can ever fit."""

    type: ClassVar[str] = "referral.escalated"
    reason: CodeText
    review_at: Instant


class CoachSignInRequested(AssignmentEvent):
    """A coach wants to sign in. The link's secret is made from its id by whoever sends it."""

    type: ClassVar[str] = "coach.sign_in_requested"
    offer_id: UUID
    coach_id: UUID
    link_id: UUID
    expires_at: Instant


class SearchGivenUp(AssignmentEvent):
    """A supervisor says that no coach can be found; the referral ends."""

    type: ClassVar[str] = "search.given_up"
    reason: NobodyFound


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
    """Support is on hold until the review date, which a second one moves."""

    type: ClassVar[str] = "assignment.paused"
    until: Instant
    reason: CodeText


class AssignmentResumed(AssignmentEvent):
    """Support goes on after a pause. `first_contact_by`: where the coach has not tried yet."""

    type: ClassVar[str] = "assignment.resumed"
    first_contact_by: Instant | None = None


class AssignmentTransferred(AssignmentEvent):
    """The person goes on with somebody else; the former coach hands over."""

    type: ClassVar[str] = "assignment.transferred"
    reason: CodeText


class AssignmentEnded(AssignmentEvent):
    """Support by this coach is over, with its outcome or reason.

    One of SupportOutcome, CANCELLATION_CONFIRMED or UNABLE_TO_CONTACT ends the referral; any other
    code follows from an end that the others know.
    """

    type: ClassVar[str] = "assignment.ended"
    offer_id: UUID
    coach_id: UUID
    outcome: CodeText

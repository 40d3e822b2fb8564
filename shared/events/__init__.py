"""Every event that crosses a service border, by the topic that carries it."""

from shared.events import assignments, base, contacts, messages, referrals, staff, tasks
from shared.events.assignments import (
    CANCELLATION_CONFIRMED,
    CLINICS_TURN,
    COACH_LEFT,
    COACHES_PASSED,
    NEWS_WAITS,
    REMATCHING,
    UNABLE_TO_CONTACT,
    AssignmentEnded,
    AssignmentPaused,
    AssignmentResumed,
    AssignmentTransferred,
    CoachAssigned,
    CoachSignInRequested,
    ContactChannel,
    ContactLogged,
    ContactOutcome,
    NobodyFound,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    PauseReason,
    ReferralEscalated,
    ReferralWaitlisted,
    SearchGivenUp,
    SupportOutcome,
)
from shared.events.base import (
    ActorKind,
    Answer,
    Area,
    Channel,
    ContactProfile,
    Event,
    HourRange,
    Modality,
    RecipientKind,
    Sealed,
    Urgency,
)
from shared.events.contacts import (
    ClinicContactRecorded,
    ClinicSuspended,
    CoachContactRecorded,
    CoachPaused,
    CoachResumed,
    PersonContactRecorded,
    PersonDeceased,
    PersonErased,
    PersonPreferencesChanged,
)
from shared.events.messages import (
    OTHER_COACH,
    CoachReplied,
    FlagSource,
    MessageDelivered,
    MessageFailed,
    MessageParked,
    MessageSent,
    MessageSuppressed,
    MessageUndelivered,
    PersonOptedIn,
    PersonOptedOut,
    PersonSilent,
    PersonUnreachable,
    ReplyReceived,
    SafetyFlagged,
    TextFlag,
)
from shared.events.referrals import (
    ConsentExpiring,
    ConsentRevoked,
    FitFactors,
    HoldClass,
    ReferralAccepted,
    ReferralAmended,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralHeld,
    ReferralReleased,
    ReferralReopened,
    ReferralWithdrawn,
    TreatmentLinkLapsed,
)
from shared.events.staff import (
    StaffAccessEnded,
    StaffAccessGranted,
    StaffContactRecorded,
    StaffRole,
    StaffSessionEnded,
    StaffSignInRequested,
)
from shared.events.tasks import (
    AssignmentTaskClosed,
    AssignmentTaskOpened,
    ReferralTaskClosed,
    ReferralTaskOpened,
)

__all__ = [
    "CANCELLATION_CONFIRMED",
    "CLINICS_TURN",
    "COACHES_PASSED",
    "COACH_LEFT",
    "EVENT_TYPES",
    "NEWS_WAITS",
    "OTHER_COACH",
    "OWNERS",
    "REMATCHING",
    "UNABLE_TO_CONTACT",
    "ActorKind",
    "Answer",
    "Area",
    "AssignmentEnded",
    "AssignmentPaused",
    "AssignmentResumed",
    "AssignmentTaskClosed",
    "AssignmentTaskOpened",
    "AssignmentTransferred",
    "Channel",
    "ClinicContactRecorded",
    "ClinicSuspended",
    "CoachAssigned",
    "CoachContactRecorded",
    "CoachPaused",
    "CoachReplied",
    "CoachResumed",
    "CoachSignInRequested",
    "ConsentExpiring",
    "ConsentRevoked",
    "ContactChannel",
    "ContactLogged",
    "ContactOutcome",
    "ContactProfile",
    "Event",
    "FitFactors",
    "FlagSource",
    "HoldClass",
    "HourRange",
    "MessageDelivered",
    "MessageFailed",
    "MessageParked",
    "MessageSent",
    "MessageSuppressed",
    "MessageUndelivered",
    "Modality",
    "NobodyFound",
    "OfferAccepted",
    "OfferDeclined",
    "OfferExpired",
    "OfferMade",
    "OfferWithdrawn",
    "PauseReason",
    "PersonContactRecorded",
    "PersonDeceased",
    "PersonErased",
    "PersonOptedIn",
    "PersonOptedOut",
    "PersonPreferencesChanged",
    "PersonSilent",
    "PersonUnreachable",
    "RecipientKind",
    "ReferralAccepted",
    "ReferralAmended",
    "ReferralCancelRequested",
    "ReferralClosed",
    "ReferralEscalated",
    "ReferralHeld",
    "ReferralReleased",
    "ReferralReopened",
    "ReferralTaskClosed",
    "ReferralTaskOpened",
    "ReferralWaitlisted",
    "ReferralWithdrawn",
    "ReplyReceived",
    "SafetyFlagged",
    "Sealed",
    "SearchGivenUp",
    "StaffAccessEnded",
    "StaffAccessGranted",
    "StaffContactRecorded",
    "StaffRole",
    "StaffSessionEnded",
    "StaffSignInRequested",
    "SupportOutcome",
    "TextFlag",
    "TreatmentLinkLapsed",
    "Urgency",
]


def _leaves(kind: type[Event]) -> list[type[Event]]:
    below = [leaf for child in kind.__subclasses__() for leaf in _leaves(child)]
    return [*below, kind] if "type" in vars(kind) else below


EVENT_TYPES: dict[str, type[Event]] = {
    kind.type: kind
    for module in (referrals, contacts, assignments, messages, staff, tasks)
    for kind in _leaves(base.Event)
    if kind.__module__ == module.__name__
}
"""Every known event by its type string, for reading records."""

OWNERS: dict[str, str] = {
    "alongside.referrals.v1": "intake",
    "alongside.people.v1": "intake",
    "alongside.clinics.v1": "intake",
    "alongside.coaches.v1": "matching",
    "alongside.assignments.v1": "matching",
    "alongside.staff.v1": "matching",
    "alongside.messages.v1": "notifications",
    "alongside.deliveries.v1": "notifications",
}
"""The one service that may write to a topic; consumers refuse every other record."""

TOPICS: tuple[str, ...] = tuple(
    sorted(
        {
            topic
            for kind in EVENT_TYPES.values()
            for topic in (kind.topic, kind.unread_topic)
            if topic is not None
        }
    )
)
"""Every topic that carries events."""

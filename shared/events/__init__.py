"""Every event that crosses a service border, by the topic that carries it."""

from shared.events import assignments, base, contacts, messages, referrals
from shared.events.assignments import (
    AssignmentEnded,
    AssignmentPaused,
    AssignmentTransferred,
    CoachAssigned,
    ContactChannel,
    ContactLogged,
    ContactOutcome,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    ReferralEscalated,
    ReferralWaitlisted,
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
    CoachReplied,
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

__all__ = [
    "EVENT_TYPES",
    "OWNERS",
    "ActorKind",
    "Answer",
    "Area",
    "AssignmentEnded",
    "AssignmentPaused",
    "AssignmentTransferred",
    "Channel",
    "ClinicContactRecorded",
    "ClinicSuspended",
    "CoachAssigned",
    "CoachContactRecorded",
    "CoachPaused",
    "CoachReplied",
    "CoachResumed",
    "ConsentExpiring",
    "ConsentRevoked",
    "ContactChannel",
    "ContactLogged",
    "ContactOutcome",
    "ContactProfile",
    "Event",
    "FitFactors",
    "HoldClass",
    "HourRange",
    "MessageDelivered",
    "MessageFailed",
    "MessageParked",
    "MessageSent",
    "MessageSuppressed",
    "MessageUndelivered",
    "Modality",
    "OfferAccepted",
    "OfferDeclined",
    "OfferExpired",
    "OfferMade",
    "OfferWithdrawn",
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
    "ReferralWaitlisted",
    "ReferralWithdrawn",
    "ReplyReceived",
    "SafetyFlagged",
    "Sealed",
    "TreatmentLinkLapsed",
    "Urgency",
]


def _leaves(kind: type[Event]) -> list[type[Event]]:
    below = [leaf for child in kind.__subclasses__() for leaf in _leaves(child)]
    return [*below, kind] if "type" in vars(kind) else below


EVENT_TYPES: dict[str, type[Event]] = {
    kind.type: kind
    for module in (referrals, contacts, assignments, messages)
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
    "alongside.messages.v1": "notifications",
}
"""The one service that may write to a topic; consumers refuse every other record."""

TOPICS: tuple[str, ...] = tuple(sorted({kind.topic for kind in EVENT_TYPES.values()}))
"""Every topic that carries events."""

"""`alongside.referrals.v1`: what intake says about referrals. Key: the referral."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import (
    ActorKind,
    Area,
    CodeField,
    EpisodeField,
    Event,
    Instant,
    Modality,
    Urgency,
    ZoneField,
)

CodeText = Annotated[str, CodeField]

BandField = Field(pattern=r"^([1-9]\d_[1-9]\d|[1-9]\d_plus|[a-z]+(_[a-z]+)*)$", max_length=32)
"""A band of ages, `26_39` or `60_plus`: never a birth date."""


class HoldClass(StrEnum):
    SAFETY = "safety"
    CONSENT = "consent"
    INFO = "info"


class ReferralEvent(Event):
    topic: ClassVar[str] = "alongside.referrals.v1"
    referral_id: UUID

    @property
    def key(self) -> UUID:
        return self.referral_id


class FitFactors(BaseModel):
    """What similarity is looked for (Tillson & Lewis 2024): codes, or None when unknown."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    pathway: CodeText | None = None
    age_band: Annotated[str, BandField] | None = None
    spirituality: CodeText | None = None
    family: CodeText | None = None


class _Need(ReferralEvent):
    clinic_id: UUID
    person_id: UUID
    episode: int = EpisodeField
    reference: str = Field(pattern=r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")
    """The short reference that can be read out on the phone; means nothing outside."""
    urgency: Urgency
    area: Area
    zone: str = ZoneField
    languages: tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], ...]
    modality: Modality
    kinds_of_support: tuple[CodeText, ...]
    must: tuple[CodeText, ...]
    prefer: tuple[CodeText, ...]
    fit: FitFactors
    coach_organisation: CodeText
    consent_id: UUID
    consent_expires_at: Instant | None
    """None when the consent ends with an event instead of on a day (42 CFR 2.31(a)(6))."""


class ReferralAccepted(_Need):
    """A clinic's referral passed intake's checks and is stored; a coach may now be sought.

    Carries what matching needs and no identity: names and contacts stay sealed.
    """

    type: ClassVar[str] = "referral.accepted"


class ReferralAmended(_Need):
    """The clinic changed an accepted referral; this is the need as it now stands."""

    type: ClassVar[str] = "referral.amended"


class ReferralHeld(ReferralEvent):
    """Automation is paused until a named human releases it."""

    type: ClassVar[str] = "referral.held"
    hold: HoldClass


class ReferralReleased(ReferralEvent):
    """A named human released the hold; automation goes on where it stood."""

    type: ClassVar[str] = "referral.released"
    hold: HoldClass


class ReferralWithdrawn(ReferralEvent):
    """The referral is over by its clinic's wish before a coach was there; everything stops."""

    type: ClassVar[str] = "referral.withdrawn"
    reason: CodeText
    by: ActorKind


class ReferralCancelRequested(ReferralEvent):
    """The clinic asked to stop while a coach is there; automated texts and offers stop at once."""

    type: ClassVar[str] = "referral.cancel_requested"
    reason: CodeText
    confirm_by: Instant


class ReferralClosed(ReferralEvent):
    """The referral reached a terminal state; nothing further is sent for it."""

    type: ClassVar[str] = "referral.closed"
    outcome: CodeText


class ReferralReopened(ReferralEvent):
    """A new episode starts after an earlier one ended."""

    type: ClassVar[str] = "referral.reopened"
    reopens: UUID


class ConsentRevoked(ReferralEvent):
    """The person took the consent back. Nothing may be disclosed or sent from now on."""

    type: ClassVar[str] = "consent.revoked"
    consent_id: UUID


class ConsentExpiring(ReferralEvent):
    """The consent ends within 30 days; the clinic is asked to renew it."""

    type: ClassVar[str] = "consent.expiring"
    consent_id: UUID
    on: Instant


class TreatmentLinkLapsed(ReferralEvent):
    """Nobody has confirmed the tie to licensed care since its review date."""

    type: ClassVar[str] = "treatment_link.lapsed"
    on: Instant

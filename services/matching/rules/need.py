"""What a referral needs from a coach: codes only, nothing that names the person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.events import Area, FitFactors, Modality, ReferralAccepted, ReferralAmended, Urgency


@dataclass(frozen=True, slots=True)
class Need:
    """A referral as matching sees it.

    `languages` are BCP 47 tags, best first. `must` and `prefer` are codes of coach attributes.
    `coach_organisation` is the one that the consent names: without it no coach is covered
    (42 CFR 2.31(a)(4)). `consent_expires_at` is None where the consent ends by an event.
    """

    referral_id: UUID
    clinic_id: UUID
    person_id: UUID
    episode: int
    urgency: Urgency
    area: Area
    zone: str
    languages: tuple[str, ...]
    modality: Modality
    kinds_of_support: frozenset[str]
    must: frozenset[str]
    prefer: frozenset[str]
    fit: FitFactors
    coach_organisation: str | None
    consent_expires_at: datetime | None

    @classmethod
    def of(cls, event: ReferralAccepted | ReferralAmended) -> "Need":
        """The need that an event of intake describes."""
        return cls(
            referral_id=event.referral_id,
            clinic_id=event.clinic_id,
            person_id=event.person_id,
            episode=event.episode,
            urgency=event.urgency,
            area=event.area,
            zone=event.zone,
            languages=event.languages,
            modality=event.modality,
            kinds_of_support=frozenset(event.kinds_of_support),
            must=frozenset(event.must),
            prefer=frozenset(event.prefer),
            fit=event.fit,
            coach_organisation=event.coach_organisation,
            consent_expires_at=event.consent_expires_at,
        )


def primary_language(tag: str) -> str:
    """The primary subtag of a BCP 47 tag: `es` for `es-MX`."""
    return tag.partition("-")[0].lower()

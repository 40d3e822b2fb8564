"""The invented people of these tests, and what is on the topics about them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from shared import events
from shared.vault import Vault, event_context, to_wire
from tests.world.stories import ALL_WEEK, ORGANISATION

MOMENT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday morning in Oklahoma."""

PERSON_PHONE = "+15392010001"
COACH_PHONE = "+19185550001"
ZONE = "America/Chicago"


def somebody(name: str) -> UUID:
    """The id of somebody or something of this name."""
    return uuid5(NAMESPACE_URL, f"crash:{name}")


PERSON, CLINIC, REFERRAL, CONSENT = map(somebody, ("person", "clinic", "referral", "consent"))
OFFER, MESSAGE = map(somebody, ("offer", "message"))


def coach_id(number: int) -> UUID:
    """The id that a roster file gives to `coach-<number>`."""
    return uuid5(NAMESPACE_URL, f"alongside:coach:coach-{number}")


COACH = coach_id(1)


@dataclass(frozen=True, slots=True)
class Seals:
    """Sealed contacts, as their owners would have sealed them."""

    vault: Vault
    key_id: UUID

    @classmethod
    async def open(cls, vault: Vault) -> "Seals":
        return cls(vault, await vault.new_key())

    async def of(self, kind: str, one: UUID, **contact: str | None) -> events.Sealed:
        context = event_context(f"{kind}.contact_recorded", one)
        content = json.dumps({"name": "Sam", "phone": None, "email": None} | contact)
        return to_wire(self.key_id, await self.vault.seal(self.key_id, content.encode(), context))


PROFILE = events.ContactProfile(text_ok=True)


async def person_contact(seals: Seals, person_id: UUID = PERSON) -> events.Event:
    sealed = await seals.of("person", person_id, phone=PERSON_PHONE)
    return events.PersonContactRecorded(
        person_id=person_id, sealed=sealed, language="en", zone=ZONE, contact=PROFILE
    )


async def coach_contact(seals: Seals, coach_id: UUID = COACH) -> events.Event:
    sealed = await seals.of("coach", coach_id, name="Alex", phone=COACH_PHONE)
    hours = tuple(events.HourRange(**one) for one in ALL_WEEK)
    return events.CoachContactRecorded(
        coach_id=coach_id, sealed=sealed, language="en", zone=ZONE, business_hours=hours
    )


async def clinic_contact(seals: Seals) -> events.Event:
    sealed = await seals.of("clinic", CLINIC, name="Clinic", email="clinic@clinic.example")
    return events.ClinicContactRecorded(clinic_id=CLINIC, sealed=sealed, language="en", zone=ZONE)


def need(referral_id: UUID = REFERRAL, **changes: Any) -> dict[str, Any]:
    """The fields of `referral.accepted` and `referral.amended`."""
    return {
        "referral_id": referral_id,
        "clinic_id": CLINIC,
        "person_id": PERSON,
        "episode": 1,
        "reference": "AAAA-0001",
        "urgency": events.Urgency.ROUTINE,
        "area": events.Area(state="OK", county_fips="40143"),
        "zone": ZONE,
        "languages": ("en",),
        "modality": events.Modality.EITHER,
        "kinds_of_support": ("mentoring",),
        "must": (),
        "prefer": (),
        "fit": events.FitFactors(),
        "coach_organisation": ORGANISATION,
        "consent_id": CONSENT,
        "consent_expires_at": MOMENT + timedelta(days=365),
        **changes,
    }


def accepted(referral_id: UUID = REFERRAL, **changes: Any) -> events.ReferralAccepted:
    return events.ReferralAccepted(**need(referral_id, **changes))


def amended(**changes: Any) -> events.Event:
    return events.ReferralAmended(**need(**changes))


def held() -> events.Event:
    return events.ReferralHeld(referral_id=REFERRAL, hold=events.HoldClass.SAFETY)


def released() -> events.Event:
    return events.ReferralReleased(referral_id=REFERRAL, hold=events.HoldClass.SAFETY)


def withdrawn() -> events.Event:
    return events.ReferralWithdrawn(
        referral_id=REFERRAL, reason="clinic-request", by=events.ActorKind.CLINIC
    )


def cancel_requested() -> events.Event:
    return events.ReferralCancelRequested(
        referral_id=REFERRAL, reason="clinic-request", confirm_by=MOMENT + timedelta(days=2)
    )


def closed() -> events.ReferralClosed:
    return events.ReferralClosed(referral_id=REFERRAL, outcome="completed")


def revoked() -> events.Event:
    return events.ConsentRevoked(referral_id=REFERRAL, consent_id=CONSENT)


def preferences_changed() -> events.Event:
    return events.PersonPreferencesChanged(
        person_id=PERSON, language="es", zone="America/Denver", contact=events.ContactProfile()
    )

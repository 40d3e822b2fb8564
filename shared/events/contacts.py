"""The contact topics: who can be reached how, sealed. Kept forever; erased by shredding keys."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.base import ContactProfile, Event, HourRange, Instant, Sealed, ZoneField

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Zone = Annotated[str, ZoneField]


class PersonEvent(Event):
    topic: ClassVar[str] = "alongside.people.v1"
    person_id: UUID

    @property
    def key(self) -> UUID:
        return self.person_id


class PersonContactRecorded(PersonEvent):
    """How this person wants to be called and reached.

    `sealed` opens to JSON `{"name": str, "phone": E.164 | null, "email": str | null}`.
    """

    type: ClassVar[str] = "person.contact_recorded"
    sealed: Sealed
    language: Language
    zone: Zone
    contact: ContactProfile


class PersonPreferencesChanged(PersonEvent):
    """Language, zone or the contact profile changed; name, phone and e-mail did not."""

    type: ClassVar[str] = "person.preferences_changed"
    language: Language
    zone: Zone
    contact: ContactProfile


class PersonErased(PersonEvent):
    """The person's key is destroyed; everybody who holds a cached key or derived data drops it."""

    type: ClassVar[str] = "person.erased"


class PersonDeceased(PersonEvent):
    """The person died. No message is ever sent again."""

    type: ClassVar[str] = "person.deceased"


class ClinicEvent(Event):
    topic: ClassVar[str] = "alongside.clinics.v1"
    clinic_id: UUID

    @property
    def key(self) -> UUID:
        return self.clinic_id


class ClinicContactRecorded(ClinicEvent):
    """Where the clinic is told what becomes of its referrals.

    `sealed` opens to JSON `{"name": str, "email": str | null}`.
    """

    type: ClassVar[str] = "clinic.contact_recorded"
    sealed: Sealed
    language: Language
    zone: Zone


class ClinicSuspended(ClinicEvent):
    """The clinic may no longer submit or read."""

    type: ClassVar[str] = "clinic.suspended"


class CoachEvent(Event):
    topic: ClassVar[str] = "alongside.coaches.v1"
    coach_id: UUID

    @property
    def key(self) -> UUID:
        return self.coach_id


class CoachContactRecorded(CoachEvent):
    """How a coach is reached, and in which hours.

    `sealed` opens to JSON `{"name": first name, "phone": E.164 | null, "email": str | null}`.
    """

    type: ClassVar[str] = "coach.contact_recorded"
    sealed: Sealed
    language: Language
    zone: Zone
    business_hours: tuple[HourRange, ...]


class CoachPaused(CoachEvent):
    """The coach takes no new offers until then; needs no explanation."""

    type: ClassVar[str] = "coach.paused"
    until: Instant


class CoachResumed(CoachEvent):
    """The coach takes new offers again."""

    type: ClassVar[str] = "coach.resumed"

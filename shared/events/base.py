"""What every event is: a frozen fact in the past tense, with ids and coarse codes only."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Event(BaseModel):
    """A fact that one service owns and others may read.

    The body on the wire is the model's JSON. Its id, time, type and place in the order of its
    key travel as CloudEvents headers (`shared.messaging.envelope`). Unknown fields are ignored
    when reading; equal events have equal bytes, so collections are tuples in a fixed order.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str]
    """Where the services read this type that use it."""
    unread_topic: ClassVar[str | None] = None
    """Carries those of this type that decide nothing for another service. No service reads it."""
    type: ClassVar[str]

    @property
    def sent_to(self) -> str:
        """The topic that carries this event."""
        return self.topic

    @property
    def key(self) -> UUID:
        """The record key: events of one key on one topic are handled in their order."""
        raise NotImplementedError(f"{type(self).__name__} names no key")


class Sealed(BaseModel):
    """Personal data as AES-256-GCM ciphertext under the data key of one person, coach or clinic.

    The associated data is `type|version|subject`, so a ciphertext cannot be moved to another
    event type or another person. Destroying the key makes every copy unreadable.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key_id: UUID
    nonce: str = Field(pattern=r"^[A-Za-z0-9+/]{16}$")
    ciphertext: str = Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=32_768)


class Urgency(StrEnum):
    """How fast an answer is owed. `fast_lane`: overdose or release within 14 days."""

    FAST_LANE = "fast_lane"
    URGENT = "urgent"
    ROUTINE = "routine"


class Modality(StrEnum):
    IN_PERSON = "in_person"
    REMOTE = "remote"
    EITHER = "either"


class ActorKind(StrEnum):
    """Who caused a change; the `by` of FHIR status reasons."""

    PERSON = "person"
    CLINIC = "clinic"
    COACH = "coach"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    SYSTEM = "system"


class RecipientKind(StrEnum):
    PERSON = "person"
    COACH = "coach"
    CLINIC = "clinic"
    STAFF = "staff"


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


Code = str
"""A value of a closed set, in kebab-case (FHIR) or snake_case (ours). Never free text."""

CodeField = Field(pattern=r"^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$", max_length=64)
"""The shape of a code: words of small letters, joined; no sentence and no number fits."""

ZoneField = Field(pattern=r"^([A-Z][A-Za-z]+(/[A-Za-z_+-]+[0-9]{0,2}){1,2}|UTC)$", max_length=64)
"""The shape of an IANA zone: area and city; a bare word or number does not fit."""

EpisodeField = Field(ge=1, le=9_999)


class Area(BaseModel):
    """Where support is wanted: the state and the county, never an address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    state: str = Field(pattern=r"^[A-Z]{2}$")
    county_fips: str = Field(pattern=r"^\d{5}$")


class HourRange(BaseModel):
    """Local hours of one weekday (0 = Monday), as minutes after midnight, end not included."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    weekday: int = Field(ge=0, le=6)
    start_minute: int = Field(ge=0, lt=1440)
    end_minute: int = Field(gt=0, le=1440)


class ContactProfile(BaseModel):
    """How the person may be contacted, as codes. What is not allowed here is not done."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    text_ok: bool = False
    voicemail_ok: bool = False
    shared_phone: bool = False
    subject_contact_prohibited: bool = False


Instant = AwareDatetime
Answer = Literal["accept", "pass"]

"""The native JSON submission: `POST /v1/referrals`.

Every field is optional in shape, because what is missing is for `screen` to say, together with
everything else that is wrong. An example that needs nothing more::

    {
      "identifier": {"system": "https://clinic.example/referrals", "value": "R-1001"},
      "person": {
        "name": "Sam Rivera", "birth_date": "1988-04-12", "languages": ["en"],
        "phone": "918-555-0143",
        "address": {"state": "OK", "postal_code": "74047"},
        "contact": {"text_ok": true, "voicemail_ok": false, "shared_phone": false}
      },
      "request": {
        "authored_on": "2026-03-02T15:04:05-06:00", "requester": {"name": "Dr. Ana Ortiz"},
        "urgency": "routine", "kinds_of_support": ["mentoring"], "must": ["woman"]
      },
      "consent": {
        "names_person": true, "discloser": "Example Clinic",
        "information": "Name, contact details and that peer support is asked for",
        "recipient": "Alongside Peer Support", "purpose": "peer_support",
        "how_to_revoke": "In writing or by phone to the clinic, at any time",
        "expires_on": "2027-03-01", "signature": "paper", "signer": "person",
        "signed_on": "2026-03-01"
      },
      "treatment_link": {
        "provider": "Example Clinic", "contact": "918-555-0100", "verified_on": "2026-03-01"
      }
    }
"""

import datetime
import re
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.intake.rules.codes import (
    AgeBand,
    ConsentExpiryEvent,
    ConsentPurpose,
    EventKind,
    FamilySituation,
    InstrumentName,
    Intent,
    KindOfSupport,
    Modality,
    Pathway,
    Pronouns,
    SignatureKind,
    SignerCapacity,
    SourceStatus,
    Spirituality,
    Urgency,
    Wish,
)

Line = Annotated[str, Field(min_length=1, max_length=128)]
Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
ItemCode = Annotated[str, Field(pattern=r"^/?[0-9]{1,7}-[0-9]$")]
AnswerCode = Annotated[str, Field(pattern=r"^LA[0-9]{1,7}-[0-9]$")]
Minute = Annotated[int, Field(ge=0, le=1440)]


def _written_as(pattern: str, kind: str) -> BeforeValidator:
    """Demand a written form: alone, the models would also take a number as seconds since 1970."""

    begins = re.compile(pattern, re.ASCII).match

    def check(written: object) -> object:
        if isinstance(written, str) and begins(written):
            return written
        raise PydanticCustomError(kind, "wrong written form")

    return BeforeValidator(check)


Day = Annotated[datetime.date, Field(strict=False), _written_as(r"\d{4}-\d\d-\d\d$", "date_form")]
Moment = Annotated[
    AwareDatetime, Field(strict=False), _written_as(r"\d{4}-\d\d-\d\dT\d\d:\d\d", "datetime_form")
]


class Form(BaseModel):
    """A part of the submission: unknown fields are refused, errors never quote input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class Identifier(Form):
    """A business identifier: the system that gives it out and its value there."""

    system: Sentence
    value: Line


class AddressForm(Form):
    """No street is asked for: support needs the county, and the ZIP code confirms the state."""

    state: Line | None = None
    county: Line | None = None
    postal_code: Line | None = None


class HoursForm(Form):
    """Local hours of one weekday (0 = Monday), in minutes after midnight."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    start_minute: Minute
    end_minute: Minute


class ContactForm(Form):
    """How the person may be reached. What is not stated is not done."""

    text_ok: bool = False
    voicemail_ok: bool = False
    shared_phone: bool = False
    hours: Annotated[list[HoursForm], Field(max_length=28)] = Field(default_factory=list)


class PersonForm(Form):
    """The person who is referred; `name` is how they like to be called."""

    record_number: Identifier | None = None
    name: Line | None = None
    pronouns: Pronouns | None = None
    birth_date: Day | None = None
    deceased: bool = False
    veteran: bool | None = None
    phone: Line | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)] | None = (
        None
    )
    languages: Annotated[list[Language], Field(max_length=5)] = Field(default_factory=list)
    zone: Line | None = None
    address: AddressForm = AddressForm()
    contact: ContactForm = ContactForm()


class RequesterForm(Form):
    """Who asks, as a name or as the clinic's own id for them."""

    name: Line | None = None
    reference: Line | None = None


class FitForm(Form):
    """What the coach may have in common with the person. Not asked or not told is `unknown`."""

    pathway: Pathway = Pathway.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    spirituality: Spirituality = Spirituality.UNKNOWN
    family: FamilySituation = FamilySituation.UNKNOWN


class ReasonForm(Form):
    """Why peer support is asked for, as a code of SNOMED CT or ICD-10-CM."""

    system: Line
    code: Line


class RequestForm(Form):
    """What is asked for."""

    status: SourceStatus = SourceStatus.ACTIVE
    intent: Intent = Intent.ORDER
    requester: RequesterForm | None = None
    authored_on: Moment | None = None
    urgency: Urgency = Urgency.ROUTINE
    modality: Modality = Modality.EITHER
    kinds_of_support: Annotated[list[KindOfSupport], Field(max_length=6)] = Field(
        default_factory=list
    )
    must: Annotated[list[Wish], Field(max_length=8)] = Field(default_factory=list)
    prefer: Annotated[list[Wish], Field(max_length=8)] = Field(default_factory=list)
    fit: FitForm = FitForm()
    contacting_person_prohibited: bool = False
    withdrawal_risk: bool = False
    reasons: Annotated[list[ReasonForm], Field(max_length=20)] = Field(default_factory=list)


class ConsentForm(Form):
    """The signed consent, element by element as in 42 CFR §2.31(a)."""

    names_person: bool = False
    discloser: Sentence | None = None
    information: Sentence | None = None
    recipient: Sentence | None = None
    participants: Annotated[list[Sentence], Field(max_length=20)] = Field(default_factory=list)
    purpose: ConsentPurpose | None = None
    how_to_revoke: Sentence | None = None
    expires_on: Day | None = None
    expiry_event: ConsentExpiryEvent | None = None
    signature: SignatureKind | None = None
    signer: SignerCapacity | None = None
    signed_on: Day | None = None
    redisclosure_statement: bool = False
    refusal_statement: bool = False


class TreatmentLinkForm(Form):
    """Who treats the person, how to reach them, and when somebody last checked that."""

    provider: Sentence | None = None
    contact: Line | None = None
    verified_on: Day | None = None


class InstrumentForm(Form):
    """A filled instrument: LOINC item code → LOINC answer code. Never a bare score."""

    instrument: InstrumentName
    answered_on: Day | None = None
    items: Annotated[dict[ItemCode, AnswerCode], Field(max_length=40)] = {}
    stated_total: Annotated[int, Field(ge=0, le=1000)] | None = None
    stated_level: AnswerCode | None = None


class EventForm(Form):
    """An overdose or a release, and the day of it."""

    kind: EventKind
    on: Day


class Submission(Form):
    """One person and one request for peer support."""

    identifier: Identifier | None = None
    person: PersonForm = PersonForm()
    request: RequestForm = RequestForm()
    consent: ConsentForm | None = None
    treatment_link: TreatmentLinkForm | None = None
    instruments: Annotated[list[InstrumentForm], Field(max_length=10)] = Field(default_factory=list)
    events: Annotated[list[EventForm], Field(max_length=10)] = Field(default_factory=list)

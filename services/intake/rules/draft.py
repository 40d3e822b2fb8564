"""What a clinic asks for, in our words: native JSON and FHIR both become one `Draft`.

A draft holds personal data. None of these classes shows its content in `repr`, so that a draft
that strays into a log line or a traceback says nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from services.intake.rules.codes import (
    AgeBand,
    ConsentExpiryEvent,
    ConsentPurpose,
    EventKind,
    FamilySituation,
    Gender,
    InstrumentName,
    KindOfSupport,
    Modality,
    Pathway,
    Pronouns,
    SignatureKind,
    SignerCapacity,
    SourceFormat,
    Spirituality,
    Urgency,
    Wish,
)


@dataclass(frozen=True, slots=True, repr=False)
class RecordNumber:
    """The clinic's medical record number: who the person is there, never a key of ours."""

    system: str
    value: str


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where support is wanted: state, county and ZIP. Streets are never read."""

    state: str | None = None
    county: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True, order=True, repr=False)
class ContactHours:
    """Local hours of one weekday (0 = Monday) in minutes after midnight, end not included."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True, repr=False)
class ContactProfile:
    """How the person may be reached. What nobody has allowed is not done."""

    text_ok: bool = False
    voicemail_ok: bool = False
    shared_phone: bool = False
    hours: tuple[ContactHours, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """The person who is referred.

    `name` is the name to use; the legal name is kept only where it is the only one. `phone` is
    E.164 or nothing, never a guess. `gender` serves AUDIT-C's cut-off and is not stored.
    """

    name: str | None = None
    record_number: RecordNumber | None = None
    birth_date: date | None = None
    deceased: bool = False
    pronouns: Pronouns | None = None
    gender: Gender = Gender.UNKNOWN
    veteran: bool | None = None
    phone: str | None = None
    email: str | None = None
    languages: tuple[str, ...] = ()
    zone: str | None = None
    address: Address = field(default_factory=Address)
    contact: ContactProfile = field(default_factory=ContactProfile)


@dataclass(frozen=True, slots=True, repr=False)
class Requester:
    """Who asks. `reference` is the source's own id; the name is known only if it came along."""

    name: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class FitFactors:
    """What similarity is looked for (Tillson & Lewis 2024). Unknown costs nobody a place."""

    pathway: Pathway = Pathway.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    spirituality: Spirituality = Spirituality.UNKNOWN
    family: FamilySituation = FamilySituation.UNKNOWN


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Reason:
    """A coded reason as the clinic stated it; the code is kept, its display never shown."""

    system: str
    code: str


@dataclass(frozen=True, slots=True, order=True, repr=False)
class RiskEvent:
    """Something that happened on a day and raises risk for the two weeks after it."""

    on: date
    kind: EventKind


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """The request for peer support as it came. Unknown codes stay text for `screen` to judge."""

    status: str | None = None
    intent: str | None = None
    is_peer_support: bool = True
    requester: Requester | None = None
    owner: Requester | None = None
    authored_on: datetime | None = None
    urgency: Urgency = Urgency.ROUTINE
    modality: Modality = Modality.EITHER
    kinds_of_support: tuple[KindOfSupport, ...] = ()
    must: tuple[Wish, ...] = ()
    prefer: tuple[Wish, ...] = ()
    fit: FitFactors = field(default_factory=FitFactors)
    contacting_person_prohibited: bool = False
    reasons: tuple[Reason, ...] = ()
    has_unresolved_reason: bool = False
    withdrawal_risk: bool = False
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Consent:
    """The elements of 42 CFR §2.31(a) as the clinic states them; absent means not stated.

    `is_tied` says that the request itself points to this consent. `recipient` is the
    organisation's name or identifier; a class of recipients is lawful but matches nobody.
    `is_of_somebody_else`: it names a person, and not the one who is referred.
    """

    is_tied: bool = True
    is_active: bool = True
    is_of_somebody_else: bool = False
    names_person: bool = False
    discloser: str | None = None
    information: str | None = None
    recipient: str | None = None
    purpose: ConsentPurpose | None = None
    how_to_revoke: str | None = None
    expires_on: date | None = None
    expiry_event: ConsentExpiryEvent | None = None
    signature: SignatureKind | None = None
    signer: SignerCapacity | None = None
    signed_on: date | None = None
    redisclosure_statement: bool = False
    refusal_statement: bool = False
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class TreatmentLink:
    """The attested tie to licensed care: who treats, how to call them, when it was last true."""

    provider: str | None = None
    contact: str | None = None
    verified_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Answers:
    """One filled instrument: item code → answer code, and what the source says about the sum.

    `foreign` holds codes of items that do not belong to the instrument or whose answer is not a
    code of its list, such as a total of another instrument.
    """

    instrument: InstrumentName
    items: tuple[tuple[str, str], ...]
    answered_on: date | None = None
    stated_total: int | None = None
    stated_level: str | None = None
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """One submission, whole. `business_key` is the clinic's own `system|value` for it.

    `substances` are current conditions on record, candidates for a reason and never shown.
    """

    source: SourceFormat
    business_key: str | None = None
    person: Person | None = None
    request: Request | None = None
    consent: Consent | None = None
    treatment_link: TreatmentLink | None = None
    instruments: tuple[Answers, ...] = ()
    events: tuple[RiskEvent, ...] = ()
    substances: tuple[Reason, ...] = ()

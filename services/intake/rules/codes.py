"""The closed sets of what a referral may say."""

from enum import StrEnum

from shared.events.base import Modality, Urgency

__all__ = [
    "AgeBand",
    "ConsentExpiryEvent",
    "ConsentPurpose",
    "EventKind",
    "FamilySituation",
    "Gender",
    "InstrumentName",
    "Intent",
    "KindOfSupport",
    "LegalRole",
    "Modality",
    "Pathway",
    "Pronouns",
    "Refusal",
    "SafetyReason",
    "SignatureKind",
    "SignerCapacity",
    "SourceFormat",
    "SourceStatus",
    "Spirituality",
    "Urgency",
    "Wish",
    "WithdrawalReason",
]


class SourceFormat(StrEnum):
    """How the submission came in; decides how problems name their place."""

    JSON = "json"
    FHIR = "fhir"


class SourceStatus(StrEnum):
    """FHIR request status. Only `draft` and `active` ask for anything; the rest is history."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class Intent(StrEnum):
    """FHIR request intent. The four orders are accepted."""

    ORDER = "order"
    ORIGINAL_ORDER = "original-order"
    INSTANCE_ORDER = "instance-order"
    FILLER_ORDER = "filler-order"
    REFLEX_ORDER = "reflex-order"
    PROPOSAL = "proposal"
    PLAN = "plan"
    DIRECTIVE = "directive"
    OPTION = "option"


class KindOfSupport(StrEnum):
    """The six SAMHSA peer roles, coded alike at intake, on the roster and in the contact log."""

    ADVOCACY = "advocacy"
    SKILL_BUILDING = "skill_building"
    EDUCATION_RESOURCES = "education_resources"
    MENTORING = "mentoring"
    COMMUNITY_ORGANIZING = "community_organizing"
    GROUP_LEADING = "group_leading"


class Wish(StrEnum):
    """What a person may ask of a coach. Counts only when asked for: must or prefer."""

    WOMAN = "woman"
    MAN = "man"
    NONBINARY = "nonbinary"
    VETERAN = "veteran"
    LGBTQ = "lgbtq"
    PARENT = "parent"
    JUSTICE_EXPERIENCE = "justice_experience"
    SAME_SUBSTANCE = "same_substance"


class Pathway(StrEnum):
    """The way of recovery that a person leans to."""

    TWELVE_STEP = "twelve_step"
    MEDICATION_ASSISTED = "medication_assisted"
    FAITH_BASED = "faith_based"
    SECULAR = "secular"
    HARM_REDUCTION = "harm_reduction"
    CULTURAL = "cultural"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    FROM_18_TO_25 = "18_25"
    FROM_26_TO_39 = "26_39"
    FROM_40_TO_59 = "40_59"
    FROM_60 = "60_plus"
    UNKNOWN = "unknown"


class Spirituality(StrEnum):
    RELIGIOUS = "religious"
    SPIRITUAL = "spiritual"
    NONE = "none"
    UNKNOWN = "unknown"


class FamilySituation(StrEnum):
    PARENTING = "parenting"
    PARTNERED = "partnered"
    SINGLE = "single"
    REBUILDING = "rebuilding"
    UNKNOWN = "unknown"


class Pronouns(StrEnum):
    """LOINC list LL5144-2 in words; anything else is not kept rather than guessed."""

    HE = "he_him"
    SHE = "she_her"
    THEY = "they_them"


class Gender(StrEnum):
    """Administrative gender. Read for the cut-off of AUDIT-C only, never stored, never matched."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What puts a person at higher risk for two weeks afterwards."""

    OVERDOSE = "overdose"
    DETOX_RELEASE = "detox_release"
    HOSPITAL_DISCHARGE = "hospital_discharge"
    CUSTODY_RELEASE = "custody_release"


class InstrumentName(StrEnum):
    PHQ_9 = "phq_9"
    AUDIT_C = "audit_c"
    C_SSRS = "c_ssrs"


class SafetyReason(StrEnum):
    """Why automation is paused until a named human acknowledges."""

    SELF_HARM_THOUGHTS = "self_harm_thoughts"
    SUICIDE_RISK_MODERATE = "suicide_risk_moderate"
    SUICIDE_RISK_HIGH = "suicide_risk_high"
    RECENT_OVERDOSE = "recent_overdose"
    RECENT_RELEASE = "recent_release"
    WITHDRAWAL_RISK = "withdrawal_risk"


class Refusal(StrEnum):
    """Why intake refuses for good. Nothing that the clinic can add would change it."""

    DECEASED = "deceased"
    UNDER_AGE = "under-age"


class ConsentPurpose(StrEnum):
    """What the disclosure is for, §2.31(a)(5)."""

    PEER_SUPPORT = "peer_support"
    CARE_COORDINATION = "care_coordination"
    TREATMENT = "treatment"
    TREATMENT_PAYMENT_OPERATIONS = "treatment_payment_operations"


class ConsentExpiryEvent(StrEnum):
    """An end without a date. Lawful for treatment, payment and operations only, §2.31(a)(7)."""

    NONE = "none"
    END_OF_TREATMENT = "end_of_treatment"


class SignatureKind(StrEnum):
    PAPER = "paper"
    ELECTRONIC = "electronic"


class SignerCapacity(StrEnum):
    PERSON = "person"
    LEGAL_REPRESENTATIVE = "legal_representative"


class LegalRole(StrEnum):
    """What the deployment is under 42 CFR Part 2; confirmed with counsel per deployment."""

    PART2_PROGRAM = "part2_program"
    QSO = "qso"
    BUSINESS_ASSOCIATE = "business_associate"
    INTERMEDIARY = "intermediary"


class WithdrawalReason(StrEnum):
    """Why a clinic stops a referral."""

    CLINIC_REQUEST = "clinic-request"
    DUPLICATE = "duplicate"
    NOT_NEEDED_ANY_MORE = "not-needed-any-more"
    MOVED_AWAY = "moved-away"

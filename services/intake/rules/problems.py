"""What can be wrong with a submission: a code for machines, a place, a sentence for people.

A sentence names the thing, the rule and the way out, and never the submitted value. Our JSON API
says `phone_unusable`, FHIR says `phone-unusable`: one enum, the second is derived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every problem code of intake. Stable: a code is never renamed or reused."""

    # What was sent cannot be read, or not all of it.
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    UNSUPPORTED_TYPE = "unsupported_type"
    INVALID_VALUE = "invalid_value"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_VALUE = "missing_value"
    # How much was sent.
    QUOTA_REACHED = "quota_reached"
    # The request.
    REQUEST_MISSING = "request_missing"
    REQUEST_AMBIGUOUS = "request_ambiguous"
    REQUEST_NOT_PEER_SUPPORT = "request_not_peer_support"
    REQUEST_NOT_ACTIVE = "request_not_active"
    INTENT_UNSUPPORTED = "intent_unsupported"
    REQUESTER_MISSING = "requester_missing"
    AUTHORED_ON_MISSING = "authored_on_missing"
    AUTHORED_ON_IN_FUTURE = "authored_on_in_future"
    REASON_UNRESOLVED = "reason_unresolved"
    # The person.
    PERSON_MISSING = "person_missing"
    NAME_MISSING = "name_missing"
    BIRTH_DATE_MISSING = "birth_date_missing"
    BIRTH_DATE_IN_FUTURE = "birth_date_in_future"
    PHONE_UNUSABLE = "phone_unusable"
    LANGUAGE_MISSING = "language_missing"
    ZONE_UNKNOWN = "zone_unknown"
    AREA_UNKNOWN = "area_unknown"
    AREA_NOT_SERVED = "area_not_served"
    TREATMENT_LINK_MISSING = "treatment_link_missing"
    TREATMENT_LINK_LAPSED = "treatment_link_lapsed"
    # The consent, 42 CFR §2.31(a), one code per element.
    CONSENT_MISSING = "consent_missing"
    CONSENT_NOT_ACTIVE = "consent_not_active"
    CONSENT_REVOKED = "consent_revoked"
    CONSENT_OTHER_PERSON = "consent_other_person"
    CONSENT_PERSON_MISSING = "consent_person_missing"
    CONSENT_DISCLOSER_MISSING = "consent_discloser_missing"
    CONSENT_INFORMATION_MISSING = "consent_information_missing"
    CONSENT_RECIPIENT_MISSING = "consent_recipient_missing"
    CONSENT_RECIPIENT_NOT_NAMED = "consent_recipient_not_named"
    CONSENT_PARTICIPANTS_MISSING = "consent_participants_missing"
    CONSENT_PURPOSE_MISSING = "consent_purpose_missing"
    CONSENT_STATEMENT_MISSING = "consent_statement_missing"
    CONSENT_REVOCATION_MISSING = "consent_revocation_missing"
    CONSENT_EXPIRY_MISSING = "consent_expiry_missing"
    CONSENT_EXPIRY_NOT_ALLOWED = "consent_expiry_not_allowed"
    CONSENT_EXPIRED = "consent_expired"
    CONSENT_SIGNATURE_MISSING = "consent_signature_missing"
    CONSENT_SIGNER_MISSING = "consent_signer_missing"
    CONSENT_DATE_MISSING = "consent_date_missing"
    CONSENT_DATE_IN_FUTURE = "consent_date_in_future"
    # Who is never taken on.
    DECEASED = "deceased"
    UNDER_AGE = "under_age"
    # What a clinic should know, though nothing waits for it.
    ELEMENT_IGNORED = "element_ignored"
    PHONE_ON_SEVERAL_PEOPLE = "phone_on_several_people"
    INSTRUMENT_INCOMPLETE = "instrument_incomplete"
    INSTRUMENT_MALFORMED = "instrument_malformed"
    INSTRUMENT_TOTAL_DIFFERS = "instrument_total_differs"

    @property
    def kebab(self) -> str:
        """The same code as FHIR writes codes."""
        return self.value.replace("_", "-")

    @property
    def is_about_consent(self) -> bool:
        return self.value.startswith("consent_")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `field` is a path in the clinic's own format, never a value."""

    code: Code
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule looks: the field of our JSON and the element of FHIR R4."""

    field: str
    expression: str


PLACES: dict[Code, Place] = {
    Code.REQUEST_MISSING: Place("request", "Bundle.entry"),
    Code.REQUEST_AMBIGUOUS: Place("request", "Bundle.entry"),
    Code.REQUEST_NOT_PEER_SUPPORT: Place("request", "ServiceRequest.code"),
    Code.REQUEST_NOT_ACTIVE: Place("request.status", "ServiceRequest.status"),
    Code.INTENT_UNSUPPORTED: Place("request.intent", "ServiceRequest.intent"),
    Code.REQUESTER_MISSING: Place("request.requester", "ServiceRequest.requester"),
    Code.AUTHORED_ON_MISSING: Place("request.authored_on", "ServiceRequest.authoredOn"),
    Code.AUTHORED_ON_IN_FUTURE: Place("request.authored_on", "ServiceRequest.authoredOn"),
    Code.REASON_UNRESOLVED: Place("request.reasons", "ServiceRequest.reasonReference"),
    Code.PERSON_MISSING: Place("person", "ServiceRequest.subject"),
    Code.NAME_MISSING: Place("person.name", "Patient.name"),
    Code.BIRTH_DATE_MISSING: Place("person.birth_date", "Patient.birthDate"),
    Code.BIRTH_DATE_IN_FUTURE: Place("person.birth_date", "Patient.birthDate"),
    Code.PHONE_UNUSABLE: Place("person.phone", "Patient.telecom"),
    Code.LANGUAGE_MISSING: Place("person.languages", "Patient.communication"),
    Code.ZONE_UNKNOWN: Place("person.zone", "Patient.address"),
    Code.AREA_UNKNOWN: Place("person.address", "Patient.address"),
    Code.AREA_NOT_SERVED: Place("person.address", "Patient.address"),
    Code.TREATMENT_LINK_MISSING: Place("treatment_link", "ServiceRequest.supportingInfo"),
    Code.TREATMENT_LINK_LAPSED: Place("treatment_link.verified_on", "CareTeam.extension"),
    Code.CONSENT_MISSING: Place("consent", "ServiceRequest.supportingInfo"),
    Code.CONSENT_NOT_ACTIVE: Place("consent", "Consent.status"),
    Code.CONSENT_REVOKED: Place("consent.signed_on", "Consent.dateTime"),
    Code.CONSENT_OTHER_PERSON: Place("consent", "Consent.patient"),
    Code.CONSENT_PERSON_MISSING: Place("consent.names_person", "Consent.patient"),
    Code.CONSENT_DISCLOSER_MISSING: Place("consent.discloser", "Consent.organization"),
    Code.CONSENT_INFORMATION_MISSING: Place("consent.information", "Consent.provision.code"),
    Code.CONSENT_RECIPIENT_MISSING: Place("consent.recipient", "Consent.provision.actor"),
    Code.CONSENT_RECIPIENT_NOT_NAMED: Place("consent.recipient", "Consent.provision.actor"),
    Code.CONSENT_PARTICIPANTS_MISSING: Place("consent.participants", "Consent.provision.actor"),
    Code.CONSENT_PURPOSE_MISSING: Place("consent.purpose", "Consent.provision.purpose"),
    Code.CONSENT_STATEMENT_MISSING: Place("consent.redisclosure_statement", "Consent.extension"),
    Code.CONSENT_REVOCATION_MISSING: Place("consent.how_to_revoke", "Consent.extension"),
    Code.CONSENT_EXPIRY_MISSING: Place("consent.expires_on", "Consent.provision.period.end"),
    Code.CONSENT_EXPIRY_NOT_ALLOWED: Place("consent.expiry_event", "Consent.extension"),
    Code.CONSENT_EXPIRED: Place("consent.expires_on", "Consent.provision.period.end"),
    Code.CONSENT_SIGNATURE_MISSING: Place("consent.signature", "Consent.extension"),
    Code.CONSENT_SIGNER_MISSING: Place("consent.signer", "Consent.performer"),
    Code.CONSENT_DATE_MISSING: Place("consent.signed_on", "Consent.dateTime"),
    Code.CONSENT_DATE_IN_FUTURE: Place("consent.signed_on", "Consent.dateTime"),
    Code.DECEASED: Place("person.deceased", "Patient.deceased"),
    Code.UNDER_AGE: Place("person.birth_date", "Patient.birthDate"),
    Code.PHONE_ON_SEVERAL_PEOPLE: Place("person.phone", "Patient.telecom"),
    Code.INSTRUMENT_INCOMPLETE: Place("instruments", "QuestionnaireResponse.item"),
    Code.INSTRUMENT_MALFORMED: Place("instruments", "QuestionnaireResponse.item"),
    Code.INSTRUMENT_TOTAL_DIFFERS: Place("instruments", "QuestionnaireResponse.item"),
}
"""Where a code of `screen` belongs. The first seven codes name their own place when they occur."""


_RANK = {code: index for index, code in enumerate(Code)}


def problem(code: Code, message: str) -> Problem:
    """A problem at the place where its rule looks."""
    return Problem(code, PLACES[code].field, message)


def expression(found: Problem) -> str:
    """Where the problem is, as FHIRPath. A place that reading named is FHIRPath already."""
    place = PLACES.get(found.code)
    return place.expression if place else found.field


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order of the enum, so that equal drafts give equal answers."""
    return tuple(sorted(set(problems), key=lambda p: (_RANK[p.code], p.field, p.message)))

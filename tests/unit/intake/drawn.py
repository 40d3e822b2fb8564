"""A complete submission to break in one place, and strategies for the rest."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from services.intake.rules.areas import County
from services.intake.rules.codes import (
    ConsentPurpose,
    EventKind,
    InstrumentName,
    SignatureKind,
    SignerCapacity,
    SourceFormat,
)
from services.intake.rules.consent import PeerOrganisation
from services.intake.rules.draft import (
    Address,
    Answers,
    Consent,
    ContactProfile,
    Draft,
    Person,
    Request,
    Requester,
    TreatmentLink,
)
from services.intake.rules.policy import Policy
from services.intake.rules.reading import Reading
from services.intake.rules.screen import Verdict, screen

TODAY = date(2026, 3, 2)
CREEK = County("OK", "Creek", "40037", "America/Chicago", frozenset({"74047", "74066"}))
TULSA = County("OK", "Tulsa", "40143", "America/Chicago", frozenset({"74104"}))
NORFOLK = County("MA", "Norfolk", "25021", "America/New_York", frozenset({"02062"}))
ORGANISATION = PeerOrganisation("aps", frozenset({"Alongside Peer Support", "urn:oid:1.2|77"}))
POLICY = Policy(ORGANISATION, (CREEK, TULSA, NORFOLK))

CONSENT = Consent(
    names_person=True,
    discloser="Example Clinic",
    information="Name and contact details",
    recipient="Alongside Peer Support",
    purpose=ConsentPurpose.PEER_SUPPORT,
    how_to_revoke="In writing",
    expires_on=TODAY + timedelta(days=200),
    signature=SignatureKind.PAPER,
    signer=SignerCapacity.PERSON,
    signed_on=TODAY,
)
PERSON = Person(
    name="Sam Rivera",
    birth_date=date(1988, 4, 12),
    phone="+19185550143",
    languages=("en",),
    address=Address("OK", None, "74047"),
    contact=ContactProfile(text_ok=True),
)
REQUEST = Request(
    status="active",
    intent="order",
    requester=Requester("Dr. Ana Ortiz"),
    authored_on=datetime(2026, 3, 2, 15, tzinfo=UTC),
)
LINK = TreatmentLink("Example Clinic", "918-555-0100", TODAY - timedelta(days=5))
COMPLETE = Draft(
    source=SourceFormat.JSON,
    business_key="https://clinic.example|R-1",
    person=PERSON,
    request=REQUEST,
    consent=CONSENT,
    treatment_link=LINK,
)

PHQ_9_ITEMS = [
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
]
C_SSRS_ITEMS = ["93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"]
AUDIT_C_ITEMS = ["68518-0", "68519-8", "68520-6"]
DAYS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
NO, YES = "LA32-8", "LA33-6"


def verdict(draft: Draft, *, today: date = TODAY, policy: Policy = POLICY) -> Verdict:
    return screen(Reading(draft), today=today, policy=policy)


def asked(request: Request) -> Verdict:
    """The verdict on the complete submission with another request."""
    return verdict(replace(COMPLETE, request=request))


def about(person: Person) -> Verdict:
    """The verdict on the complete submission with another person."""
    return verdict(replace(COMPLETE, person=person))


def codes(found: Verdict) -> list[str]:
    return [problem.code.value for problem in found.problems]


def phq_9(*points: int) -> Answers:
    pairs = zip(PHQ_9_ITEMS, points, strict=True)
    return Answers(
        InstrumentName.PHQ_9, tuple(sorted((item, DAYS[value]) for item, value in pairs))
    )


def c_ssrs(*said_yes: str) -> Answers:
    items = tuple(sorted((item, YES if item in said_yes else NO) for item in C_SSRS_ITEMS))
    return Answers(InstrumentName.C_SSRS, items)


fresh_days = st.integers(0, 14).map(lambda days: TODAY - timedelta(days=days))
stale_days = st.integers(15, 9000).map(lambda days: TODAY - timedelta(days=days))
kinds = st.sampled_from(EventKind)

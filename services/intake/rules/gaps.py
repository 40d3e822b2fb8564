"""What a clinic still has to add or correct before a coach can be sought.

Each rule says what is missing and the way out; none quotes what was sent.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.intake.rules import consent as consents
from services.intake.rules.areas import Located, is_zone, locate
from services.intake.rules.codes import Intent, SourceStatus
from services.intake.rules.draft import Draft, Person, Request, TreatmentLink
from services.intake.rules.policy import Policy
from services.intake.rules.problems import Code, Problem, problem

ASKING = frozenset({SourceStatus.DRAFT, SourceStatus.ACTIVE})
ORDERS = frozenset(
    {Intent.ORDER, Intent.ORIGINAL_ORDER, Intent.INSTANCE_ORDER, Intent.FILLER_ORDER}
)


def problems(draft: Draft, place: Located, *, today: date, policy: Policy) -> Iterator[Problem]:
    """Everything that is missing or wrong; `place` is where the person was `located`."""
    yield from request_problems(draft, today=today, policy=policy)
    if draft.person is not None:
        yield from _person_problems(draft.person, today, policy)
        yield from _phone_problems(draft.person, draft.request)
        yield from _place_problems(draft.person, place.gap)
        yield from _link_problems(draft.treatment_link, today, policy)


def request_problems(draft: Draft, *, today: date, policy: Policy) -> tuple[Problem, ...]:
    """What is wrong with the request itself, consent included.

    A request that came without its person is judged on its own; the person is asked for once the
    request stands, because only then is it known whom to ask for what.
    """
    if draft.request is None:
        found = [problem(Code.REQUEST_MISSING, _NO_REQUEST)]
    else:
        found = list(_request_problems(draft.request, today))
    found += consents.check(
        draft.consent, today=today, recipient=policy.organisation, role=policy.legal_role
    )
    if draft.person is None and not found:
        found.append(problem(Code.PERSON_MISSING, _NO_PERSON))
    return tuple(found)


_NO_REQUEST = (
    "There is no request for peer support in what was sent. Add one (in FHIR a ServiceRequest "
    "with SNOMED CT 461481000124109)."
)
_NO_PERSON = (
    "The request does not say whom it is for, or that person was not included. Send the person "
    "together with the request."
)


def _request_problems(request: Request, today: date) -> Iterator[Problem]:
    if not request.is_peer_support:
        yield problem(
            Code.REQUEST_NOT_PEER_SUPPORT,
            "The request asks for something other than peer support. Send one for peer support "
            "(SNOMED CT 461481000124109).",
        )
    if request.status not in ASKING:
        yield problem(
            Code.REQUEST_NOT_ACTIVE,
            "The request is not open, so it asks for nothing. Send it as draft or active if peer "
            "support is wanted now.",
        )
    if request.intent not in ORDERS:
        yield problem(
            Code.INTENT_UNSUPPORTED,
            "The request is not an order. Send it with the intent order.",
        )
    if request.requester is None:
        yield problem(
            Code.REQUESTER_MISSING,
            "No requester is named. Say who is asking, so that we know whom to answer.",
        )
    yield from _dates(request, today)
    if request.has_unresolved_reason:
        yield problem(
            Code.REASON_UNRESOLVED,
            "The request points to a reason that was not included. Send the referenced condition "
            "with it, or give the reason as a code.",
        )


def _dates(request: Request, today: date) -> Iterator[Problem]:
    if request.authored_on is None:
        yield problem(
            Code.AUTHORED_ON_MISSING,
            "The request has no date. Say when it was written.",
        )
    elif request.authored_on.date() > today + timedelta(days=1):  # a day's grace for time zones
        yield problem(
            Code.AUTHORED_ON_IN_FUTURE,
            "The request is dated in the future. Say when it was written.",
        )


def _person_problems(person: Person, today: date, policy: Policy) -> Iterator[Problem]:
    if person.name is None:
        yield problem(Code.NAME_MISSING, "There is no name. Give the name that the person goes by.")
    if person.birth_date is None:
        yield problem(
            Code.BIRTH_DATE_MISSING,
            f"There is no full date of birth. It is needed because peer support here starts at "
            f"age {policy.least_age}.",
        )
    elif person.birth_date > today:
        yield problem(
            Code.BIRTH_DATE_IN_FUTURE,
            "The date of birth is in the future. Check the year.",
        )
    if not person.languages:
        yield problem(
            Code.LANGUAGE_MISSING,
            "No language is stated. Ask the person which language they want to speak.",
        )


def _phone_problems(person: Person, request: Request | None) -> Iterator[Problem]:
    """No number is asked for where contacting the person is prohibited."""
    prohibited = request is not None and request.contacting_person_prohibited
    if person.phone is None and not prohibited:
        yield problem(
            Code.PHONE_UNUSABLE,
            "There is no telephone number that can be reached. Give one with a real U.S. area "
            "code.",
        )


def _place_problems(person: Person, gap: Code | None) -> Iterator[Problem]:
    if person.zone is not None and not is_zone(person.zone):
        yield problem(
            Code.ZONE_UNKNOWN,
            "The stated time zone is not on the IANA list. Write it like America/Chicago, or "
            "leave it out and check the address.",
        )
    if gap is Code.AREA_NOT_SERVED:
        yield problem(
            gap,
            "No coach works where this person lives. Ask a peer program there, or call the "
            "SAMHSA helpline, 1-800-662-4357, to find one.",
        )
    elif gap is not None and person.zone is not None:
        yield problem(
            Code.AREA_UNKNOWN,
            "State, county and ZIP code do not point to one county. Check the address.",
        )
    elif gap is not None:
        yield problem(
            Code.ZONE_UNKNOWN,
            "State and ZIP code contradict each other or one is missing, so we cannot tell the "
            "county or the time zone. Check the address, or state the county and the zone.",
        )


def _link_problems(link: TreatmentLink | None, today: date, policy: Policy) -> Iterator[Problem]:
    if link is None or not (link.provider and link.contact and link.verified_on):
        yield problem(
            Code.TREATMENT_LINK_MISSING,
            "Nobody has confirmed who treats this person. Peer support accompanies treatment: "
            "name the provider, how to reach them and when this was last checked. Without "
            "treatment, show the person 988 and the SAMHSA helpline, 1-800-662-4357.",
        )
    elif not today - policy.link_lasts <= link.verified_on <= today:
        yield problem(
            Code.TREATMENT_LINK_LAPSED,
            f"The date on which the link to treatment was confirmed is more than "
            f"{policy.link_lasts.days} days ago or in the future. Check with the provider and give "
            "the date.",
        )


def stated_zone(person: Person) -> str | None:
    return person.zone if person.zone is not None and is_zone(person.zone) else None


def located(person: Person | None, policy: Policy) -> Located:
    return locate(person.address, policy.counties) if person else Located()


def zone_of(person: Person | None, located: Located) -> str | None:
    """The person's stated zone; else that of a county which state and ZIP agree on."""
    stated = stated_zone(person) if person else None
    return stated or (located.county.zone if located.county else None)

"""`CareTeam` → the treatment link, if and only if the clinic has attested it.

The request points to the CareTeam in `supportingInfo`; `managingOrganization` or the first
participant that came along is the provider, `telecom` says how to reach them, and the extension
`treatment-link-verified-on` is the clinic's word. A CareTeam without it is a list of people.
"""

from datetime import date

from services.intake.fhir.bundle import Bundle, Resource
from services.intake.fhir.node import Node, covers
from services.intake.fhir.requests import name_behind
from services.intake.fhir.systems import LINK_VERIFIED_ON
from services.intake.rules.draft import TreatmentLink
from services.intake.rules.phone import normalise


def treatment_link_of(request: Resource, bundle: Bundle, *, today: date) -> TreatmentLink | None:
    """The attested link that the request points to."""
    for reference in request.node.nodes("supportingInfo"):
        team = bundle.find(reference, within=request)
        if team is not None and team.kind == "CareTeam" and team.node.text("status") == "active":
            verified_on = team.node.extension(LINK_VERIFIED_ON).day("valueDate")
            if verified_on is not None:
                return _link(team, bundle, verified_on, today)
    return None


def _link(team: Resource, bundle: Bundle, verified_on: date, today: date) -> TreatmentLink:
    named = [
        *team.node.nodes("managingOrganization"),
        *(
            participant.node("member")
            for participant in team.node.nodes("participant")
            if covers(participant.node("period"), today)
        ),
    ]
    for reference in named:
        name = name_behind(reference, team, bundle)
        if name is not None:
            provider = bundle.find(reference, within=team)
            own = provider.node.nodes("telecom") if provider else []
            return TreatmentLink(name, _reach([*team.node.nodes("telecom"), *own]), verified_on)
    return TreatmentLink(None, _reach(team.node.nodes("telecom")), verified_on)


def _reach(telecoms: list[Node]) -> str | None:
    phones = [
        number
        for point in telecoms
        if point.text("system") == "phone" and (number := normalise(point.text("value")))
    ]
    emails = [
        address
        for point in telecoms
        if point.text("system") == "email" and (address := point.text("value"))
    ]
    return next(iter([*phones, *emails]), None)

"""A need is what intake's event says, and nothing more."""

from dataclasses import asdict
from uuid import UUID

import pytest

from services.matching.rules.need import Need, primary_language
from shared.events import Area, FitFactors, Modality, ReferralAccepted, ReferralAmended, Urgency
from tests.unit.matching.drawn import NOW


def event_of(
    kind: type[ReferralAccepted] | type[ReferralAmended],
) -> ReferralAccepted | ReferralAmended:
    return kind(
        referral_id=UUID(int=1),
        clinic_id=UUID(int=2),
        person_id=UUID(int=3),
        episode=4,
        reference="AB12-CD34",
        urgency=Urgency.URGENT,
        area=Area(state="NC", county_fips="37063"),
        zone="America/New_York",
        languages=("es-MX", "en"),
        modality=Modality.REMOTE,
        kinds_of_support=("advocacy", "mentoring"),
        must=("woman",),
        prefer=("veteran",),
        fit=FitFactors(pathway="secular"),
        coach_organisation="peers-of-durham",
        consent_id=UUID(int=5),
        consent_expires_at=NOW,
    )


@pytest.mark.parametrize("kind", [ReferralAccepted, ReferralAmended])
def test_a_need_holds_every_field_of_the_event_it_is_read_from(
    kind: type[ReferralAccepted] | type[ReferralAmended],
) -> None:
    event = event_of(kind)
    unused = {"reference", "consent_id"}
    assert asdict(Need.of(event)) == {
        "referral_id": UUID(int=1),
        "clinic_id": UUID(int=2),
        "person_id": UUID(int=3),
        "episode": 4,
        "urgency": "urgent",
        "area": event.area,
        "zone": "America/New_York",
        "languages": ("es-MX", "en"),
        "modality": "remote",
        "kinds_of_support": {"advocacy", "mentoring"},
        "must": {"woman"},
        "prefer": {"veteran"},
        "fit": event.fit,
        "coach_organisation": "peers-of-durham",
        "consent_expires_at": NOW,
    }
    assert asdict(Need.of(event)).keys() == kind.model_fields.keys() - unused


@pytest.mark.parametrize(("tag", "language"), [("es-MX", "es"), ("EN", "en"), ("zh-Hant-TW", "zh")])
def test_languages_are_matched_by_their_primary_subtag(tag: str, language: str) -> None:
    assert primary_language(tag) == language

"""Eight synthetic lives: who is living, who needs haste, what is kept and what never is."""

import json
import time
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache

import pytest

from services.intake.fhir.read import read_bundle
from services.intake.fhir.systems import SNOMED
from services.intake.rules.areas import County
from services.intake.rules.codes import EventKind, Refusal, SafetyReason, Urgency
from services.intake.rules.draft import Draft, Reason, RiskEvent
from services.intake.rules.policy import Policy
from services.intake.rules.reading import Reading
from services.intake.rules.screen import Verdict, screen
from services.intake.rules.states import State
from tests.contract.fhir.examples import FHIR_JSON, Tree, files, request, support, text_of
from tests.unit.intake.drawn import ORGANISATION

FOLDER = "synthea"
LIVING = ["Babara", "Barrett", "Bradly", "Trenton", "Trey", "Virginia"]
DECEASED = ["Gilberto", "Randolph"]
ALCOHOL, OPIOID = Reason(SNOMED, "7200002"), Reason(SNOMED, "5602001")
NORFOLK = County(
    "MA", "Norfolk", "25021", "America/New_York", frozenset({"02062", "02090", "02169"})
)
HAMPDEN = County("MA", "Hampden", "25013", "America/New_York", frozenset({"01013"}))
SERVED = Policy(ORGANISATION, (NORFOLK, HAMPDEN))
TODAY = date(2022, 3, 1)


@cache
def read(name: str, today: date = TODAY) -> Reading:
    [path] = [path for path in files(FOLDER) if path.name.startswith(name)]
    return read_bundle(path.read_bytes(), FHIR_JSON, today=today)


@cache
def mended(name: str, today: date = TODAY, *, postal_code: str | None = None) -> Verdict:
    """The life with a request, a consent, a treatment link and a number that can be reached."""
    [path] = [path for path in files(FOLDER) if path.name.startswith(name)]
    bundle: dict[str, list[dict[str, Tree]]] = json.loads(text_of(path))
    patient = bundle["entry"][0]["resource"]
    patient["telecom"] = [{"system": "phone", "value": "781-555-0188"}]
    if postal_code is not None:
        address = patient["address"]
        assert isinstance(address, list)
        assert isinstance(address[0], dict)
        address[0]["postalCode"] = postal_code
    me = str(bundle["entry"][0]["fullUrl"])
    others = [request(me, today=today), *support(me, today=today)]
    bundle["entry"] += [{"resource": other} for other in others]
    reading = read_bundle(json.dumps(bundle).encode(), FHIR_JSON, today=today)
    return screen(reading, today=today, policy=SERVED)


def texts(value: object) -> list[str]:
    """Every text anywhere in a draft."""
    if is_dataclass(value):
        return [text for f in fields(value) for text in texts(getattr(value, f.name))]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    return [str(value)]


def days(draft: Draft, kind: EventKind) -> list[str]:
    return [event.on.isoformat() for event in draft.events if event.kind is kind]


@pytest.mark.parametrize("name", [*LIVING, *DECEASED])
def test_a_life_is_read_in_time_without_a_problem(name: str) -> None:
    started = time.process_time()
    reading = read(name)
    assert time.process_time() - started < 2
    assert (reading.problems, reading.warnings) == ((), ())


@pytest.mark.parametrize("name", LIVING)
def test_the_living_are_ready_once_everything_is_there(name: str) -> None:
    found = mended(name, postal_code="02062" if name == "Barrett" else None)
    assert (found.state, found.problems, found.refusal) == (State.READY, (), None)
    assert found.zone == "America/New_York"


@pytest.mark.parametrize("name", DECEASED)
def test_who_has_died_is_refused_though_everything_is_there(name: str) -> None:
    found = mended(name)
    assert (found.state, found.refusal) == (State.REJECTED, Refusal.DECEASED)


def test_virginia_speaks_spanish_and_her_maiden_name_is_not_kept() -> None:
    draft = read("Virginia").draft
    assert draft.person is not None
    assert (draft.person.name, draft.person.languages) == ("Virginia Mercado", ("es",))
    assert draft.person.birth_date == date(1969, 4, 15)
    assert draft.substances == (OPIOID,)
    assert not any("Miramontes" in text for text in texts(draft))


def test_trey_is_from_norwood_with_alcohol_on_record() -> None:
    draft = read("Trey").draft
    assert draft.substances == (ALCOHOL,)
    found = mended("Trey")
    assert found.county is NORFOLK


def test_bradly_has_no_condition_and_one_stay_for_detoxification() -> None:
    draft = read("Bradly").draft
    assert draft.substances == ()
    assert days(draft, EventKind.DETOX_RELEASE) == ["2019-08-23"]


def test_babara_s_overdoses_and_stays_are_told_by_their_days() -> None:
    draft = read("Babara").draft
    overdoses = ["2002-04-18", "2016-01-23", "2016-07-17", "2018-10-15"]
    assert days(draft, EventKind.OVERDOSE) == overdoses
    assert [day[:4] for day in days(draft, EventKind.DETOX_RELEASE)] == ["2013", "2016", "2018"]


@pytest.mark.parametrize(
    ("today", "fast"),
    [
        (date(2018, 10, 14), False),
        (date(2018, 10, 20), True),
        (date(2018, 10, 29), True),
        (date(2018, 10, 30), False),
        (date(2018, 11, 30), False),
    ],
)
def test_two_weeks_after_an_overdose_babara_is_in_the_fast_lane(today: date, fast: bool) -> None:
    found = mended("Babara", today)
    assert (found.urgency is Urgency.FAST_LANE) is fast
    assert (SafetyReason.RECENT_OVERDOSE in found.safety) is fast
    assert (found.state is State.SAFETY_HOLD) is fast


def test_barrett_has_no_postal_code_and_is_asked() -> None:
    assert [problem.code for problem in mended("Barrett").problems] == ["zone_unknown"]
    assert RiskEvent(date(2021, 1, 18), EventKind.OVERDOSE) in read("Barrett").draft.events


def test_trenton_s_overdose_at_fifteen_does_not_make_him_a_minor_today() -> None:
    assert "2000-07-17" in days(read("Trenton").draft, EventKind.OVERDOSE)
    assert mended("Trenton").refusal is None
    child = mended("Trenton", date(2000, 8, 1))
    assert child.refusal is Refusal.UNDER_AGE


@pytest.mark.parametrize("name", [*LIVING, *DECEASED])
def test_numbers_that_identify_and_places_on_the_map_are_never_kept(name: str) -> None:
    [path] = [path for path in files(FOLDER) if path.name.startswith(name)]
    patient = json.loads(path.read_text())["entry"][0]["resource"]
    kept = " ".join(texts(read(name).draft))
    for identifier in patient["identifier"]:
        kinds = {c["code"] for c in identifier.get("type", {}).get("coding", [])}
        if kinds & {"SS", "DL", "PPN"}:
            assert identifier["value"] not in kept
    assert patient["address"][0]["line"][0] not in kept
    assert "Massachusetts" in kept

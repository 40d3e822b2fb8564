"""What the demo's clinic sends becomes what the demo promises, on any day."""

from datetime import date
from importlib import resources

import pytest

from deploy.local.demo_input import (
    BANKS,
    BENNING,
    DOCUMENTS,
    FUENTES,
    HALE,
    HALE_AMENDED,
    JSON,
    OKAFOR,
    Document,
    body,
)
from services.intake.fhir.read import read_bundle
from services.intake.rules.areas import parse
from services.intake.rules.codes import Pronouns, Refusal, Urgency, Wish
from services.intake.rules.draft import Draft, Person, Request
from services.intake.rules.policy import Policy
from services.intake.rules.read_form import read_submission
from services.intake.rules.reading import Reading
from services.intake.rules.screen import Verdict, screen
from tests.unit.intake.drawn import ORGANISATION

TABLE = resources.files("shared") / "served_counties.toml"
SERVED = Policy(ORGANISATION, parse(TABLE.read_text()))
DAYS = [date(2026, 11, 22), date(2027, 2, 28), date(2028, 2, 29)]


def read(document: Document, *, run: str = "7", today: date = DAYS[0]) -> Reading:
    raw = body(document, run=run, today=today)
    if document.content_type == JSON:
        return read_submission(raw)
    return read_bundle(raw, document.content_type, today=today)


def judged(document: Document, *, today: date = DAYS[0]) -> Verdict:
    return screen(read(document, today=today), today=today, policy=SERVED)


def whole(draft: Draft) -> tuple[Person, Request]:
    assert draft.person is not None
    assert draft.request is not None
    return draft.person, draft.request


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.file)
def test_each_document_becomes_what_it_says(document: Document, today: date) -> None:
    assert judged(document, today=today).state == document.becomes


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.file)
def test_each_run_has_identifiers_of_its_own_and_no_placeholder_left(document: Document) -> None:
    first, second = read(document, run="1").draft, read(document, run="2").draft
    assert first.business_key != second.business_key
    numbers = [whole(draft)[0].record_number for draft in (first, second)]
    assert numbers[0] is not None
    assert numbers[1] is not None
    assert numbers[0].value != numbers[1].value
    text = body(document, run="1", today=DAYS[0]).decode()
    assert not any(f"{{{name}}}" in text for name in ("run", "today", "a_week_ago", "in_a_year"))


def test_the_first_story_has_the_eight_issues_of_the_published_example() -> None:
    found = judged(HALE)
    assert {problem.code.kebab for problem in found.problems} == {
        *("request-not-active", "requester-missing", "authored-on-missing", "consent-missing"),
        *("reason-unresolved", "phone-unusable", "zone-unknown", "treatment-link-missing"),
    }
    assert len(found.problems) == 8
    assert [warning.field for warning in found.warnings] == ["instruments.audit_c"]
    assert {scored.instrument: scored.score for scored in found.scores} == {
        "phq_9": 12,
        "audit_c": None,
        "c_ssrs": None,
    }


def test_the_amended_bundle_is_the_same_referral_of_the_same_person() -> None:
    before, after = read(HALE).draft, read(HALE_AMENDED).draft
    assert before.business_key == after.business_key
    person, amended = whole(before)[0], whole(after)[0]
    assert (person.name, person.birth_date) == (amended.name, amended.birth_date)
    assert amended.phone == "+19185550143"
    assert judged(HALE_AMENDED).problems == judged(HALE_AMENDED).warnings == ()


def test_the_veteran_is_called_by_his_usual_name() -> None:
    person, _ = whole(read(HALE).draft)
    assert (person.name, person.pronouns, person.veteran) == ("Marcus Hale", Pronouns.HE, True)
    assert (person.address.state, person.address.postal_code) == ("FL", "74104")


def test_three_living_people_differ_in_format_language_and_urgency() -> None:
    okafor, fuentes, banks = (whole(read(d).draft) for d in (OKAFOR, FUENTES, BANKS))
    assert OKAFOR.content_type.endswith("xml")
    assert okafor[1].requester is not None
    assert okafor[1].requester.name == "Dr. Abena Osei"
    assert (fuentes[0].languages[0], fuentes[1].must) == ("es", (Wish.WOMAN,))
    assert banks[1].urgency is Urgency.URGENT
    assert {okafor[0].phone, fuentes[0].phone, banks[0].phone} == {
        *("+17815550127", "+16025550168", "+14135550112")
    }


def test_who_has_died_is_refused() -> None:
    found = judged(BENNING)
    assert found.refusal is Refusal.DECEASED
    assert [problem.code for problem in found.problems] == ["deceased"]

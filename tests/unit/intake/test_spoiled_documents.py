"""No value in a document that was right breaks reading, screening or what is published of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from deploy.local.demo_input import HALE_AMENDED, body
from services.intake.actions.publish_referral import Identity, need_of
from services.intake.actions.screening import ScreeningContext
from services.intake.fhir.read import read_bundle
from services.intake.rules.areas import parse
from services.intake.rules.deadlines import Calendar
from services.intake.rules.policy import Policy
from services.intake.rules.quota import Quota
from services.intake.rules.read_form import read_submission
from services.intake.rules.reading import Reading, UnreadableError
from services.intake.rules.screen import SaidBefore, screen
from services.intake.rules.states import State
from shared.events import ReferralAccepted
from tests.integration.hostile.attacks import VALUES, spoiled
from tests.unit.intake.drawn import ORGANISATION
from tests.unit.intake.test_demo_input import TABLE
from tests.world.stories import submission

TODAY = datetime(2026, 11, 23, 18, tzinfo=UTC).date()
POLICY = Policy(ORGANISATION, parse(TABLE.read_text()))
ANY = UUID(int=1)
SOMEBODY = Identity(ANY, ANY, ANY, "ABCD-2345", ANY, ANY)
SCREENING = ScreeningContext(
    vault=None,  # type: ignore[arg-type]
    policy=POLICY,
    calendar=Calendar(ZoneInfo("America/Chicago")),
    quota=Quota(1, 1),
    hash_key=b"k" * 32,
    public_url="",
)


def publish(reading: Reading) -> State:
    """Everything that is made of a submission, as far as no database is needed for it."""
    verdict = screen(reading, today=TODAY, policy=POLICY, before=SaidBefore(TODAY))
    json.dumps([one.message for one in verdict.problems]).encode()
    verdict = screen(reading, today=TODAY, policy=POLICY)
    SCREENING.hashes_of(reading.draft)
    if verdict.resume_to is State.READY:
        event = ReferralAccepted(**need_of(SOMEBODY, reading.draft, verdict, SCREENING))
        event.model_dump_json()
    return verdict.resume_to


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, branches too."""
    if path:
        yield path
    if isinstance(tree, dict | list):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from places(tree[key], (*path, key))


def test_a_document_that_was_not_spoiled_is_ready() -> None:
    assert publish(read_submission(json.dumps(submission(1)).encode())) is State.READY


@pytest.mark.parametrize("place", list(places(submission(1))), ids=lambda p: ".".join(map(str, p)))
def test_no_value_of_our_own_form_breaks_anything(place: tuple[Any, ...]) -> None:
    for value in VALUES:
        document: Any = submission(1)
        branch = document
        for key in place[:-1]:
            branch = branch[key]
        branch[place[-1]] = value
        try:
            reading = read_submission(json.dumps(document).encode())
        except UnreadableError:
            continue
        publish(reading)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_consent_that_ends_with_an_event_may_be_dated_anywhere(day: str) -> None:
    document = submission(1)
    del document["consent"]["expires_on"]
    document["consent"] |= {
        "purpose": "treatment_payment_operations",
        "redisclosure_statement": True,
        "refusal_statement": True,
        "expiry_event": "end_of_treatment",
        "signed_on": day,
    }
    reading = read_submission(json.dumps(document).encode())
    assert reading.problems == ()
    assert publish(reading) is State.CONSENT_PENDING


def test_no_value_of_a_bundle_breaks_anything() -> None:
    bundle = json.loads(body(HALE_AMENDED, run="1", today=TODAY))
    chance = Random(20261127)
    for _ in range(400):
        try:
            reading = read_bundle(spoiled(chance, bundle), HALE_AMENDED.content_type, today=TODAY)
        except UnreadableError:
            continue
        publish(reading)

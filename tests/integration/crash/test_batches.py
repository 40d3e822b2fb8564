"""Records that share a transaction: killed at every await, they come to the same as one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.environment import Site
from shared import events
from shared.errors import PermanentError
from shared.messaging.ordering import OutOfOrderError
from shared.messaging.records import Record
from tests.integration.crash import cast, matching, notifications
from tests.integration.crash.cast import COACH, MOMENT, OFFER, REFERRAL, somebody
from tests.integration.crash.fate import Fate
from tests.integration.crash.intake import a_clinic, submits
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import (
    Act,
    Before,
    Making,
    Step,
    ends_alike,
    made,
    record_of,
    staged,
)
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(60)

OTHER = somebody("other referral")
OTHER_PERSON = somebody("other person")
SOON = MOMENT + timedelta(hours=4)


async def together(process: Process, records: Sequence[Record]) -> None:
    """As the consumer does with what it has fetched."""
    try:
        await process.settler.settle_all(records)
    except (OutOfOrderError, PermanentError):
        await alone(process, records)


async def alone(process: Process, records: Sequence[Record]) -> None:
    for record in records:
        await process.settler.settle_one(record)


def as_one(records: Sequence[Record]) -> Act:
    return lambda process: together(process, records)


def one_by_one(records: Sequence[Record]) -> Act:
    return lambda process: alone(process, records)


def cut_otherwise(records: Sequence[Record]) -> Act:
    """A new owner of the partition fetches other batches."""

    async def act(process: Process) -> None:
        for start in range(0, len(records), 3):
            await together(process, records[start : start + 3])

    return act


AGAIN = {"as a batch": as_one, "one by one": one_by_one, "in other batches": cut_otherwise}


@dataclass(frozen=True, slots=True)
class Batch:
    """What is there, and the events of several keys that come together, in this order."""

    given: Sequence[Step]
    makings: Sequence[Making]

    async def records(self, before: Before) -> list[Record]:
        seqs: dict[Any, int] = {}
        records = []
        for making in self.makings:
            event = await made(making, before)
            name = (event.topic, event.key)
            seqs[name] = seqs.get(name, before.next_of(event) - 1) + 1
            records.append(record_of(event, seqs[name]))
        return records


def of_referral(number: int, kind: type[events.Event], **fields: Any) -> Callable[[Before], Any]:
    """What matching says of the first or second referral that intake has stored."""

    def make(before: Before) -> events.Event:
        ids = sorted(row["referral_id"] for row in before.rows["referrals"])
        whom = {"referral_id": ids[number], "offer_id": somebody(f"offer {number}")}
        return kind.model_validate(whom | {"coach_id": COACH} | fields)

    return make


TWO_NEEDS = (cast.accepted(), cast.accepted(OTHER, person_id=OTHER_PERSON, reference="AAAA-0002"))
WHOM = {"referral_id": REFERRAL, "offer_id": OFFER, "coach_id": COACH}

BATCHES: Mapping[str, Batch] = {
    "intake": Batch(
        (a_clinic, submits(), submits(identifier={"value": "R-2"})),
        [
            of_referral(0, events.OfferMade, episode=1, answer_by=SOON, remind_at=SOON),
            of_referral(1, events.OfferMade, episode=1, answer_by=SOON, remind_at=SOON),
            of_referral(1, events.OfferDeclined, reason="no-room"),
            lambda before: cast.coach_contact(before.seals),
            of_referral(0, events.CoachAssigned, episode=1, first_contact_by=SOON),
            of_referral(1, events.ReferralWaitlisted, reason="county", review_at=SOON),
            of_referral(0, events.ContactLogged, channel="phone", outcome="reached"),
        ],
    ),
    "matching": Batch(
        (matching.roster(1, 2, max_active=1),),
        [
            lambda before: cast.person_contact(before.seals),
            *TWO_NEEDS,
            cast.accepted(somebody("third referral"), person_id=somebody("third person")),
            cast.held(),
            lambda before: cast.person_contact(before.seals, OTHER_PERSON),
            cast.released(),
        ],
    ),
    "notifications": Batch(
        (notifications.OFFER_MADE, notifications.ASSIGNED),
        [
            *TWO_NEEDS,
            lambda before: cast.person_contact(before.seals),
            lambda before: cast.coach_contact(before.seals),
            events.ContactLogged(**WHOM, channel="phone", outcome="reached"),
            cast.revoked(),
            events.AssignmentEnded(**WHOM, outcome="goals-met"),
        ],
    ),
}


@pytest.mark.parametrize("service", BATCHES)
@pytest.mark.parametrize("again", AGAIN)
async def test_a_batch_killed_at_any_await_is_done_once(
    engines: Engines, site: Site, service: str, again: str
) -> None:
    async with staged(engines, site, service) as stage:
        before = await stage.set(BATCHES[service].given)
        records = await BATCHES[service].records(before)
        await ends_alike(stage, before, as_one(records), AGAIN[again](records))


@pytest.mark.parametrize("service", BATCHES)
async def test_a_batch_does_what_its_records_do_one_by_one(
    engines: Engines, site: Site, service: str
) -> None:
    seen = []
    async with staged(engines, site, service) as stage:
        before = await stage.set(BATCHES[service].given)
        records = await BATCHES[service].records(before)
        for way in (as_one, one_by_one, cut_otherwise):
            await stage.store.put_back(before.rows)
            assert await stage.live(way(records), Fate())
            seen.append(await stage.seen(before))
    assert seen[0] == seen[1] == seen[2]

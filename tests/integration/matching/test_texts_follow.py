"""The texts that are planned follow pauses and changes of coach: what is over is not sent."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.environment import Site
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.cast import COACH_PHONE, MOMENT, OFFER, PERSON_PHONE, somebody
from tests.integration.crash.fate import Fate
from tests.integration.crash.notifications import (
    ASSIGNED,
    LOGGED,
    OFFERED,
    reports,
    texts,
)
from tests.integration.crash.provider import Provider
from tests.integration.crash.scenario import Stage, Step, sealed
from tests.integration.crash.test_sending import send, sending
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(120)

DAY, WEEK = timedelta(days=1), timedelta(days=7)
YES = texts(PERSON_PHONE, "1")
NEXT_OFFER, NEXT_COACH = somebody("the next offer"), cast.coach_id(2)
NEXT = {"offer_id": NEXT_OFFER, "coach_id": NEXT_COACH}
WITH_NEXT_COACH = (
    sealed(lambda seals: cast.coach_contact(seals, NEXT_COACH)),
    reports(events.OfferMade, **NEXT, episode=1, answer_by=MOMENT + WEEK, remind_at=MOMENT + WEEK),
    reports(events.CoachAssigned, **NEXT, episode=1, first_contact_by=MOMENT + WEEK),
)
CHANGED = reports(events.AssignmentEnded, outcome=events.REMATCHING)


def paused(until: datetime) -> Step:
    return reports(events.AssignmentPaused, until=until, reason="hospitalised")


def state_of(message: dict[str, Any]) -> str:
    """What became of it; of what was sent, whatever receipts came."""
    return "sent" if message["sent_at"] else str(message["state"])


@dataclass(frozen=True, slots=True)
class Days:
    """Notifications, and the provider that takes its texts, as the days go by."""

    stage: Stage
    provider: Provider

    async def pass_to(self, moment: datetime, *steps: Step) -> None:
        """It is then; this happens, and what is due is sent."""
        self.stage.clock.moment = moment
        async with self.stage.process(Fate()) as process:
            for step in steps:
                act = await step(await self.stage.before())
                await act(process)
            await send(process)

    async def become(self, step: str) -> list[tuple[str, str | None]]:
        """State and reason of the messages of a step, in the order in which they are due."""
        found = await self._messages(lambda name: name == step)
        return [(state_of(row), row["reason"]) for row in found]

    async def check_ins_of(self, offer: Any) -> Counter[str]:
        """What became of the check-ins of one coach."""
        found = await self._messages(lambda name: name.startswith("check_in"))
        return Counter(state_of(row) for row in found if row["offer_id"] == str(offer))

    async def _messages(self, wanted: Any) -> Sequence[dict[str, Any]]:
        rows = (await self.stage.store.rows())["messages"]
        return sorted((row for row in rows if wanted(row["step"])), key=lambda row: row["due_at"])

    def reminders(self) -> list[str]:
        """Texts to the coach that say that a pause is over."""
        return [one.body for one in self.provider.texts
                if one.to == COACH_PHONE and "pause" in one.body]  # fmt: skip


@pytest.fixture
async def days(engines: Engines, site: Site) -> AsyncIterator[Days]:
    async with sending(engines, site) as (stage, provider):
        yield Days(stage, provider)


async def test_a_coach_is_reminded_on_the_day_to_which_the_pause_was_moved_and_not_before(
    days: Days,
) -> None:
    await days.stage.set((*OFFERED, ASSIGNED, paused(MOMENT + WEEK)))
    await days.pass_to(MOMENT + 5 * DAY, paused(MOMENT + 2 * WEEK))
    await days.pass_to(MOMENT + WEEK)
    assert await days.become("coach_pause_over") == [
        ("suppressed", "state-changed"),
        ("planned", None),
    ]
    assert days.reminders() == []
    await days.pass_to(MOMENT + 2 * WEEK)
    assert len(days.reminders()) == 1


async def test_a_coach_is_reminded_on_the_day_of_a_pause_that_was_not_moved(days: Days) -> None:
    await days.stage.set((*OFFERED, ASSIGNED, paused(MOMENT + WEEK)))
    await days.pass_to(MOMENT + WEEK - timedelta(hours=1))
    assert days.reminders() == []
    await days.pass_to(MOMENT + WEEK)
    assert len(days.reminders()) == 1


async def test_a_coach_is_not_nudged_during_a_pause(days: Days) -> None:
    await days.stage.set((*OFFERED, ASSIGNED, paused(MOMENT + WEEK)))
    await days.pass_to(MOMENT + DAY + timedelta(minutes=1))
    assert await days.become("coach_nudge") == [("suppressed", "state-changed")]


SOON = MOMENT + timedelta(hours=1)


async def met(days: Days) -> None:
    """The person has said that the number is theirs, and has talked with a coach."""
    await days.stage.set(OFFERED)
    await days.pass_to(MOMENT)
    await days.pass_to(SOON, YES, ASSIGNED, LOGGED)


async def test_a_person_is_asked_how_it_goes_with_the_coach_whom_they_have_now(days: Days) -> None:
    await met(days)
    await days.pass_to(MOMENT + DAY, CHANGED)
    reached = reports(events.ContactLogged, **NEXT, channel="phone", outcome="reached")
    await days.pass_to(MOMENT + 2 * DAY, *WITH_NEXT_COACH, reached)
    for day in range(3, 34):
        await days.pass_to(MOMENT + day * DAY)
    assert await days.check_ins_of(OFFER) == {"suppressed": 4}
    assert await days.check_ins_of(NEXT_OFFER) == {"sent": 4}


@pytest.mark.parametrize("since", [(), WITH_NEXT_COACH[:2]], ids=["nobody yet", "one is asked"])
async def test_a_person_without_a_coach_is_not_asked_how_it_goes(
    days: Days, since: tuple[Step, ...]
) -> None:
    await met(days)
    await days.pass_to(MOMENT + DAY, CHANGED, *since)
    for day in (3, 7, 14, 30):
        await days.pass_to(SOON + day * DAY)
    assert await days.check_ins_of(OFFER) == {"suppressed": 4}


@pytest.mark.parametrize(
    ("reason", "mails"),
    [
        (events.CLINICS_TURN, []),
        (events.NEWS_WAITS, []),
        ("no-capacity", [("sent", None)]),
        (events.COACHES_PASSED, [("sent", None)]),
    ],
)
async def test_a_clinic_is_written_to_only_where_coaches_were_looked_for_in_vain(
    days: Days, reason: str, mails: list[tuple[str, str | None]]
) -> None:
    waits = reports(events.ReferralWaitlisted, reason=reason, review_at=MOMENT + WEEK)
    await days.stage.set(OFFERED)
    await days.pass_to(MOMENT, waits)
    assert await days.become("clinic_waitlisted") == mails

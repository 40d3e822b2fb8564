"""A used number is a duplicate only for the same event, and only a topic's owner is result."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared import events
from tests.integration.core.intake import Intake
from tests.integration.core.wire import Raw, Wire, contact
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


def event_of(record: Raw) -> events.CoachContactRecorded:
    return events.CoachContactRecorded.model_validate_json(record.body or b"")


async def test_the_same_event_again_is_a_duplicate(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    first, second = contact(coach, 1), contact(coach, 2, language="es")
    before = await intake.counted("duplicate")
    await wire.put([first, second, first, second, contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == []
    assert await intake.counted("duplicate") == before + 2


async def test_another_event_with_a_used_number_stops_its_key_in_sight(
    intake: Intake, wire: Wire
) -> None:
    """The owner's database was set back: what follows may contradict what was applied."""
    coach, other = uuid4(), uuid4()
    rewritten, next_one = contact(coach, 1, language="fr"), contact(coach, 3, language="de")
    await wire.put([contact(coach, 1), contact(coach, 2, language="es")])
    await wire.put([rewritten, next_one, contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == [(1, "conflict"), (3, "behind_failed")]
    assert await intake.place_of(coach) == (2, True)
    assert "es" in (await intake.applied(coach) or "")
    assert (await intake.ready())["parked"]["conflict"] == 1
    async with intake.system.database("intake") as connection:
        letter = await connection.fetchval(
            "SELECT record_id FROM parked_records WHERE key = $1 AND seq = 1", coach
        )
    gone = intake.command("dead-letters", "discard", str(letter), "--reason", "owner set back")
    assert gone.stdout == "discarded\n"
    assert await intake.place_of(coach) == (3, False)


async def test_a_new_epoch_goes_on_with_the_next_number_and_ends_the_old_one(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    recovered = Raw.of(event_of(contact(coach, 2, language="es")), 2, epoch=2)
    late = contact(coach, 3, language="de")
    await wire.put([contact(coach, 1), recovered, late, contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == [(3, "conflict")]
    assert "es" in (await intake.applied(coach) or "")


async def test_a_stranger_moves_no_number_and_stops_no_key(intake: Intake, wire: Wire) -> None:
    """Somebody on the broker without a key writes the next number of a key, and many without."""
    coach, other = uuid4(), uuid4()
    real = contact(coach, 2, language="es")
    forged = replace(contact(coach, 2, language="fr"), forged=True)
    noise = [Raw(b"x", (), b"{}", forged=True) for _ in range(130)]
    offsets = await wire.put([contact(coach, 1), forged, *noise, real, contact(other, 1)])
    await intake.until_applied(other)
    assert "es" in (await intake.applied(coach) or "")
    assert await intake.place_of(coach) == (2, False)
    assert await intake.parked(offsets[1]) == ("refused", "not_from_owner")
    said = await intake.ready()
    assert said["consumer"] == "consuming"
    assert said["parked"]["refused"] == 131


async def test_a_key_that_does_not_begin_with_its_first_event_waits_for_it(
    intake: Intake, wire: Wire
) -> None:
    """Wherever this consumer began to read: what was before is not known to have been nothing."""
    coach, other = uuid4(), uuid4()
    async with intake.system.database("intake") as connection:
        assert await connection.fetchval("SELECT max(first_offset) FROM consumed_positions") > 0
    await wire.put([contact(coach, 2, language="es"), contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == [(2, "gap")]
    await wire.put([contact(coach, 1)])
    await until(lambda: _went_on(intake, coach), what="the first event to release the second")


async def _went_on(intake: Intake, coach: UUID) -> bool:
    return await intake.place_of(coach) == (2, False)

"""Gaps: an event that has not come is waited for, and a person may say that it never will."""

from typing import Any
from uuid import uuid4

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.letters.waiting import acts_on, in_order, letters_of, order_of, waits
from tests.integration.core.wire import Wire, contact
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


async def test_an_event_that_waits_for_its_predecessor_cannot_be_discarded(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    await wire.put([contact(coach, 1), contact(coach, 3, language="fr"), contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[3]
    refused = intake.command("dead-letters", "discard", letter, "--reason", "test")
    assert (refused.returncode, refused.stdout) == (1, "waits_for_its_predecessor\n")
    await wire.put([contact(coach, 2, language="es")])
    await until(lambda: in_order(intake, coach, ["en", "es", "fr"]), what="the gap to close")


async def test_a_person_lets_a_key_go_on_behind_what_will_never_come(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    early = [contact(coach, n, language=one) for n, one in ((4, "fr"), (5, "it"))]
    await wire.put([contact(coach, 1), *early, contact(other, 1)])
    await intake.until_applied(other)
    letters = await letters_of(intake, coach)
    shown = intake.command("dead-letters", "gaps").stdout
    assert f"{letters[4]}  alongside.coaches.v1 key {coach} misses 2 to 3" in shown
    assert accept_gap(intake, letters[5]).stdout == "waits_behind_another\n"
    accepted = accept_gap(intake, letters[4])
    assert (accepted.returncode, accepted.stdout) == (0, "accepted\n")
    assert await order_of(intake, coach) == ["en", "fr", "it"]
    assert [(a, d["reason"]) for _, a, d in await acts_on(intake, letters[4])] == [
        ("gap.accepted", "lost with the broker")
    ]
    await wire.put([contact(coach, 3, language="es")])
    await until(lambda: waits(intake, coach, [(3, "conflict")]), what="the late one to be seen")


async def test_what_comes_late_under_a_number_that_was_given_up_is_no_duplicate(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    wrong = contact(coach, 2).with_body(b"{")
    await wire.put([contact(coach, 1), wrong, contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[2]
    assert accept_gap(intake, letter).stdout == "misses_no_predecessor\n"
    assert intake.command("dead-letters", "discard", letter, "--reason", "forged").returncode == 0
    await wire.put([wrong, contact(coach, 2, language="es"), contact(coach, 3, language="fr")])
    await until(
        lambda: waits(intake, coach, [(2, "conflict"), (3, "behind_failed")]),
        what="the real event to wait in sight",
    )


async def test_a_consumer_that_was_built_anew_accepts_what_it_met_in_the_middle(
    intake: Intake, wire: Wire
) -> None:
    coaches, other = [uuid4(), uuid4()], uuid4()
    await wire.put([*(contact(one, 7, language="es") for one in coaches), contact(other, 1)])
    await intake.until_applied(other)
    words = ("dead-letters", "accept-gap", "--all", "--reason", "built anew")
    assert intake.command(*words).returncode == 2
    dry = intake.command(*words, "--waits", "gap", "--dry-run")
    assert dry.stdout == "would accept-gap 2 records; nothing was changed\n"
    assert intake.command(*words, "--waits", "gap").returncode == 0
    assert [await order_of(intake, one) for one in coaches] == [["es"], ["es"]]
    assert intake.command("dead-letters", "gaps").stdout == "0 keys miss an event\n"


def accept_gap(intake: Intake, record_id: str) -> Any:
    words = ("accept-gap", record_id, "--reason", "lost with the broker")
    return intake.command("dead-letters", *words)

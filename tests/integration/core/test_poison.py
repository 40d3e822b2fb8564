"""Every record that can go wrong, put straight on the topic: parked in sight, never in the way."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.wire import Raw, Wire, contact, paused
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)

CANARY = "zqcanary"
"""Stands in every poisoned body, header and key; it may turn up nowhere that people read."""

NEAR_THE_LIMIT = 1_040_000
"""Bytes of a body that the broker just takes (max.message.bytes is 1,048,588)."""


def changed(record: Raw, **fields: object) -> Raw:
    """The record with fields of its body replaced."""
    body = json.loads(record.body or b"{}")
    return record.with_body(json.dumps({**body, **fields}).encode())


@dataclass(frozen=True, slots=True)
class Poison:
    """What is done to a healthy record, and the code with which it has to be parked."""

    name: str
    spoil: Callable[[Raw], Raw]
    code: str


POISONS = [
    Poison("a null id header", lambda r: r.with_header("ce_id", None), "envelope_incomplete"),
    Poison("an id that is no UTF-8", lambda r: r.with_header("ce_id", b"\xff"),
           "envelope_incomplete"),
    Poison("no type", lambda r: r.without_header("ce_type"), "envelope_incomplete"),
    Poison("no headers", lambda r: replace(r, headers=()), "envelope_incomplete"),
    Poison("no time", lambda r: r.without_header("ce_time"), "envelope_incomplete"),
    Poison("a time beyond the calendar",
           lambda r: r.with_header("ce_time", b"0001-01-01T00:00:00+23:59"), "envelope_incomplete"),
    Poison("a tombstone", lambda r: r.with_body(None), "tombstone"),
    Poison("an empty body", lambda r: r.with_body(b""), "tombstone"),
    Poison("a null key", lambda r: replace(r, key=None), "key_differs_from_subject"),
    Poison("a key that is no UTF-8", lambda r: replace(r, key=b"\xff\xfe" + CANARY.encode()),
           "key_differs_from_subject"),
    Poison("neither key nor subject",
           lambda r: replace(r.without_header("ce_subject"), key=None), "envelope_incomplete"),
    Poison("a subject that is somebody else",
           lambda r: r.with_header("ce_subject", str(uuid4()).encode()),
           "key_differs_from_subject"),
    Poison("an unknown type", lambda r: r.with_header("ce_type", b"coach." + CANARY.encode()),
           "unknown_type"),
    Poison("a type of another topic", lambda r: r.with_header("ce_type", b"person.erased"),
           "type_on_wrong_topic"),
    Poison("an unknown version of the envelope", lambda r: r.with_header("ce_specversion", b"2.0"),
           "envelope_incomplete"),
    Poison("an unknown version of the type",
           lambda r: r.with_header("ce_type", b"coach.contact_recorded.v2"), "unknown_type"),
    Poison("a body that is no JSON", lambda r: r.with_body(b'{"name": "' + CANARY.encode()),
           "body_invalid"),
    Poison("JSON of another shape", lambda r: r.with_body(f'["{CANARY}"]'.encode()),
           "body_invalid"),
    Poison("a field of another shape", lambda r: changed(r, sealed=CANARY), "body_invalid"),
    Poison("NaN for a text", lambda r: changed(r, zone=float("nan")), "body_invalid"),
    Poison("a number of 5,000 digits",
           lambda r: r.with_body((r.body or b"").replace(b'"UTC"', b"9" * 5_000)), "body_invalid"),
    Poison("100,000 arrays in each other", lambda r: r.with_body(b"[" * 100_000), "body_invalid"),
    Poison("a body about somebody else", lambda r: changed(r, coach_id=str(uuid4())),
           "key_differs_from_body"),
    Poison("number 0", lambda r: r.with_header("ce_sequence", b"0"), "envelope_incomplete"),
    Poison("a negative number", lambda r: r.with_header("ce_sequence", b"-1"),
           "envelope_incomplete"),
    Poison("a number that no counter reaches", lambda r: r.with_header("ce_sequence", b"9" * 40),
           "envelope_incomplete"),
    Poison("digits of another script",
           lambda r: r.with_header("ce_sequence", "\u0663".encode()), "envelope_incomplete"),
    Poison("a body near the broker's limit", lambda r: changed(r, note="z" * NEAR_THE_LIMIT),
           "body_too_large"),
    Poison("a megabyte of garbage",
           lambda r: r.with_body((CANARY.encode() + bytes(range(256))) * 3_900), "body_too_large"),
]  # fmt: skip


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.name.replace(" ", "_"))
async def test_poison_is_parked_and_its_neighbours_are_served(
    intake: Intake, wire: Wire, poison: Poison
) -> None:
    before, victim, behind = uuid4(), uuid4(), uuid4()
    ruined = poison.spoil(contact(victim, 1))
    offsets = await wire.put([contact(before, 1), ruined, contact(behind, 1)])
    await intake.until_applied(before)
    await intake.until_applied(behind)
    assert await intake.parked(offsets[1]) == ("failed", poison.code)
    assert await intake.applied(victim) is None
    await passed(intake, wire, offsets[2])


async def passed(intake: Intake, wire: Wire, offset: int) -> None:
    """The group has put the record at this offset behind it and goes on consuming."""

    async def is_behind() -> bool:
        return await wire.committed("intake") > offset

    await until(is_behind, what="the offset to be committed")
    assert (await intake.ready())["consumer"] == "consuming"


@pytest.mark.parametrize("value", [None, b"\xff\xfe"], ids=["null", "no_utf8"])
async def test_a_header_that_nobody_needs_does_no_harm(
    intake: Intake, wire: Wire, value: bytes | None
) -> None:
    coach = uuid4()
    offsets = await wire.put([contact(coach, 1).with_header("x-note", value)])
    await intake.until_applied(coach)
    assert await intake.parked(offsets[0]) is None


async def test_a_record_that_comes_too_early_waits_for_its_predecessor(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    offsets = await wire.put(
        [contact(coach, 1), contact(coach, 3, language="es"), contact(other, 1)]
    )
    await intake.until_applied(other)
    assert await intake.parked(offsets[1]) == ("gap", None)
    assert "qen8=" in str(await intake.applied(coach))
    await wire.put([paused(coach, 2)])

    async def healed() -> bool:
        return "qes8=" in str(await intake.applied(coach))

    await until(healed, what="the early record to be applied")
    assert await intake.parked_of(coach) == []
    assert await intake.place_of(coach) == (3, False)


async def test_a_number_from_the_far_future_waits_and_is_shown(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    far = 999_999_999_999_999_999
    offsets = await wire.put([contact(coach, 1), contact(coach, far), contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked(offsets[1]) == ("gap", None)
    await wire.put([contact(coach, 2, language="fr")])

    async def went_on() -> bool:
        return "qfr8=" in str(await intake.applied(coach))

    await until(went_on, what="the key to go on")
    assert (await intake.ready())["parked"]["gap"] >= 1
    assert await intake.place_of(coach) == (2, False)


async def test_a_duplicate_changes_nothing_and_is_counted(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    counted = await intake.counted("duplicate")
    first = contact(coach, 1)
    offsets = await wire.put([first, contact(coach, 2, language="es"), first, contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.counted("duplicate") == counted + 1
    assert await intake.parked(offsets[2]) is None
    assert "qes8=" in str(await intake.applied(coach))
    assert await intake.place_of(coach) == (2, False)


async def test_a_type_that_is_not_used_only_moves_the_key_on(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    counted = await intake.counted("unused")
    spoilt = paused(coach, 1).with_body(b"\xff" + CANARY.encode())
    await wire.put([spoilt, contact(coach, 2), contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.counted("unused") == counted + 1
    assert await intake.applied(coach) is not None
    assert await intake.place_of(coach) == (2, False)


async def test_what_follows_a_dead_letter_waits_behind_it(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    await wire.put(
        [contact(coach, 1), contact(coach, 2).with_body(b"{"), contact(coach, 3), contact(other, 1)]
    )
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == [(2, "failed"), (3, "behind_failed")]
    assert await intake.place_of(coach) == (1, True)


async def test_what_waits_is_shown_and_says_nothing_of_its_content(
    intake: Intake, wire: Wire
) -> None:
    victim, behind = uuid4(), uuid4()
    offsets = await wire.put(
        [contact(victim, 1).with_body(CANARY.encode()), contact(behind, 1)], partition=1
    )
    await intake.until_applied(behind)
    waiting = await how_many_wait(intake)
    assert waiting["failed"] >= 1
    assert (await intake.ready())["parked"] == waiting
    for reason, count in waiting.items():
        assert await intake.metric("alongside_parked_records", reason=reason) == count
    listed = intake.command("dead-letters", "list")
    assert listed.returncode == 0
    line = next(one for one in listed.stdout.splitlines() if f"v1[1]@{offsets[0]} " in one)
    assert "failed" in line
    assert "body_invalid" in line
    said = listed.stdout + listed.stderr + intake.system.logs()
    assert f'"offset": {offsets[0]}' in said
    assert CANARY not in said


async def how_many_wait(intake: Intake) -> dict[str, int]:
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch("SELECT reason, count(*) FROM parked_records GROUP BY 1")
    return {reason: count for reason, count in rows}


async def test_after_a_restart_nothing_is_read_again(intake: Intake, wire: Wire) -> None:
    victim, behind, fresh = uuid4(), uuid4(), uuid4()
    offsets = await wire.put([contact(victim, 1).with_body(b"{"), contact(behind, 1)])
    await intake.until_applied(behind)
    await passed(intake, wire, offsets[1])
    waiting = await how_many_wait(intake)
    intake.system.kill("intake")
    intake.system.start(["intake"])
    await wire.put([contact(fresh, 1)])
    await intake.until_applied(fresh)
    assert await how_many_wait(intake) == waiting
    assert [await intake.counted(one) for one in ("failed", "duplicate")] == [0, 0]

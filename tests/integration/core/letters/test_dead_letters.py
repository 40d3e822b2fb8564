"""Dead letters: the consumer halts in sight when there are many; a person replays or discards."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.letters.waiting import (
    LANGUAGES,
    LIMIT,
    acts_on,
    in_order,
    letters_of,
    order_of,
    waits,
)
from tests.integration.core.wire import Wire, contact
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)


async def test_at_the_limit_the_consumer_halts_in_sight_and_goes_on_when_cleared(
    intake: Intake, wire: Wire
) -> None:
    victims = [uuid4() for _ in range(LIMIT + 1)]
    behind = uuid4()
    spoilt = [contact(one, 1).with_body(b"{") for one in victims]
    offsets = await wire.put([*spoilt, contact(behind, 1)])

    async def halted() -> bool:
        return bool((await intake.ready())["consumer"] == "halted")

    await until(halted, what="the consumer to halt")
    assert (await intake.ready())["parked"] == {"failed": LIMIT}
    assert "consumer_halted_too_many_dead_letters" in intake.system.logs()
    await asyncio.sleep(1.0)  # long enough for a record that would be skipped
    assert await intake.parked(offsets[LIMIT]) is None
    assert await intake.applied(behind) is None
    assert await wire.committed("intake") <= offsets[LIMIT]

    first = (await letters_of(intake, victims[0]))[1]
    assert intake.command("dead-letters", "discard", first, "--reason", "test").returncode == 0
    await intake.until_applied(behind)
    assert await intake.parked(offsets[LIMIT]) == ("failed", "body_invalid")
    assert (await intake.ready())["consumer"] == "consuming"


async def test_after_the_mend_a_replay_applies_all_that_waited_in_order(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    async with intake.system.database("intake") as connection:
        await connection.execute("INSERT INTO refused VALUES ($1, 'qen8')", coach)
    records = [contact(coach, n, language=one) for n, one in enumerate(LANGUAGES, 1)]
    await wire.put([*records, contact(other, 1)])
    await intake.until_applied(other)
    waiting = [(2, "failed"), *((n, "behind_failed") for n in (3, 4, 5))]
    await out_of_attempts(intake, coach)
    await until(lambda: waits(intake, coach, waiting), what="the last attempt to fail")
    assert await order_of(intake, coach) == ["de"]

    letter = (await letters_of(intake, coach))[2]
    again = replay(intake, letter)
    assert (again.returncode, again.stdout) == (1, "RaiseError\n")
    assert "zqcanary" not in again.stdout + again.stderr + intake.system.logs()
    assert await intake.parked_of(coach) == waiting
    async with intake.system.database("intake") as connection:
        await connection.execute("DELETE FROM refused")
    done = replay(intake, letter)
    assert (done.returncode, done.stdout) == (0, "applied\n")
    assert await order_of(intake, coach) == list(LANGUAGES)
    assert await intake.parked_of(coach) == []
    assert await intake.place_of(coach) == (5, False)
    acts = [(actor, action) for actor, action, _ in await acts_on(intake, letter)]
    assert acts == [
        ("operator:tester", "dead_letter.replay_failed"),
        ("operator:tester", "dead_letter.replayed"),
    ]


async def out_of_attempts(intake: Intake, coach: UUID) -> None:
    """The record that is being retried has one attempt left, now."""
    async with intake.system.database("intake") as connection:
        await connection.execute(
            "UPDATE parked_records SET attempts = 3, retry_at = now() "
            "WHERE key = $1 AND reason = 'retrying'",
            coach,
        )


@pytest.mark.story
async def test_a_record_that_fails_delays_only_its_own_key_and_heals_when_mended(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    async with intake.system.database("intake") as connection:
        await connection.execute("INSERT INTO refused VALUES ($1, 'qen8')", coach)
    records = [contact(coach, n, language=one) for n, one in enumerate(LANGUAGES, 1)]
    await wire.put([*records, contact(other, 1)])
    await intake.until_applied(other)
    assert await intake.parked_of(coach) == [
        (2, "retrying"),
        *((n, "behind_failed") for n in (3, 4, 5)),
    ]
    assert (await intake.ready())["consumer"] == "consuming"
    async with intake.system.database("intake") as connection:
        await connection.execute("DELETE FROM refused")
    await until(lambda: in_order(intake, coach, list(LANGUAGES)), what="the next attempt")
    assert await intake.parked_of(coach) == []


async def test_the_real_event_behind_a_wrong_one_of_its_number_is_not_discarded_with_it(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    wrong, real = contact(coach, 2).with_body(b"{"), contact(coach, 2, language="es")
    await wire.put([contact(coach, 1), wrong, real, contact(other, 1)])
    await intake.until_applied(other)
    async with intake.system.database("intake") as connection:
        letter = await connection.fetchval(
            "SELECT record_id FROM parked_records WHERE key = $1 AND reason = 'failed'", coach
        )
    gone = intake.command("dead-letters", "discard", str(letter), "--reason", "wrong body")
    assert (gone.returncode, gone.stdout) == (0, "discarded\n")
    assert await order_of(intake, coach) == ["en", "es"]
    assert await intake.parked_of(coach) == []


async def test_a_class_of_letters_is_discarded_at_once_after_a_dry_run(
    intake: Intake, wire: Wire
) -> None:
    coaches = [uuid4(), uuid4()]
    spoilt = [contact(one, 1).with_body(b"[]") for one in coaches]
    behind = [contact(one, 2, language="es") for one in coaches]
    await wire.put([*spoilt, *behind])

    async def all_wait() -> bool:
        expected = [(1, "failed"), (2, "behind_failed")]
        return all([await waits(intake, one, expected) for one in coaches])

    await until(all_wait, what="the dead letters")
    letter = (await letters_of(intake, coaches[0]))[1]
    shown = intake.command("dead-letters", "show", letter)
    assert "coach.contact_recorded" in shown.stdout
    assert "2 bytes" in shown.stdout
    words = ("dead-letters", "discard", "--all", "--error", "body_invalid", "--reason", "bad build")
    assert intake.command("dead-letters", "discard", "--all", "--reason", "x").returncode == 2
    assert "would discard 2 records" in intake.command(*words, "--dry-run").stdout
    assert intake.command(*words).returncode == 0
    assert [await order_of(intake, one) for one in coaches] == [["es"], ["es"]]
    assert [(a, d["reason"]) for _, a, d in await acts_on(intake, letter)] == [
        ("dead_letter.discarded", "bad build")
    ]


def replay(intake: Intake, record_id: str) -> Any:
    return intake.command("dead-letters", "replay", record_id, "--reason", "mended")


async def test_what_waits_behind_a_dead_letter_cannot_overtake_it(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    spoilt = contact(coach, 2).with_body(b"{")
    await wire.put([contact(coach, 1), spoilt, contact(coach, 3), contact(other, 1)])
    await intake.until_applied(other)
    letters = await letters_of(intake, coach)
    for act in ("replay", "discard"):
        refused = intake.command("dead-letters", act, letters[3], "--reason", "test")
        assert refused.returncode == 1
        assert "waits_behind_another" in refused.stdout + refused.stderr
    assert await intake.parked_of(coach) == [(2, "failed"), (3, "behind_failed")]
    assert await intake.place_of(coach) == (1, True)


async def test_at_the_limit_a_released_record_that_fails_goes_on_waiting(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    spoilt = [contact(uuid4(), 1).with_body(b"{") for _ in range(LIMIT)]
    early = contact(coach, 3, language="es")
    await wire.put([*spoilt, contact(coach, 1), early, contact(other, 1)])
    await intake.until_applied(other)
    async with intake.system.database("intake") as connection:
        await connection.execute("INSERT INTO refused VALUES ($1, 'qes8')", coach)
    before = intake.system.logs().count("parked_record_failed")
    await wire.put([contact(coach, 2, language="de")])
    await asyncio.sleep(3.0)
    tries = intake.system.logs().count("parked_record_failed") - before
    assert 1 <= tries <= 4
    assert await intake.parked_of(coach) == [(3, "gap")]
    async with intake.system.database("intake") as connection:
        await connection.execute("DELETE FROM refused")
    await until(lambda: in_order(intake, coach, ["en", "de", "es"]), what="the record's release")


async def test_a_discarded_letter_frees_its_key_and_is_audited(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    spoilt = contact(coach, 2).with_body(b"{")
    await wire.put([contact(coach, 1), spoilt, contact(coach, 3, language="es"), contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[2]
    assert replay(intake, letter).stdout == "body_invalid\n"
    gone = intake.command("dead-letters", "discard", letter, "--reason", "test")
    assert (gone.returncode, gone.stdout) == (0, "discarded\n")
    assert await order_of(intake, coach) == ["en", "es"]
    assert await intake.place_of(coach) == (3, False)
    await wire.put([contact(coach, 4, language="fr")])

    async def went_on() -> bool:
        return (await order_of(intake, coach))[-1] == "fr"

    await until(went_on, what="the key to go on")
    assert [action for _, action, _ in await acts_on(intake, letter)] == [
        "dead_letter.replay_failed",
        "dead_letter.discarded",
    ]


async def test_a_letter_without_a_readable_number_frees_its_key_too(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    spoilt = contact(coach, 2).with_header("ce_sequence", None)
    await wire.put([contact(coach, 1), spoilt, contact(coach, 3, language="es"), contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[None]
    assert intake.command("dead-letters", "discard", letter, "--reason", "test").returncode == 0
    assert await order_of(intake, coach) == ["en", "es"]


async def test_an_unknown_letter_is_refused_with_a_plain_sentence(intake: Intake) -> None:
    for act in ("replay", "discard"):
        refused = intake.command("dead-letters", act, str(uuid4()), "--reason", "test")
        assert refused.returncode == 2
        assert "no parked record has the id" in refused.stderr
        assert "Traceback" not in refused.stderr


async def test_a_waiting_record_whose_seal_is_broken_becomes_a_dead_letter(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    await wire.put([contact(coach, 1), contact(coach, 3), contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[3]
    async with intake.system.database("intake") as connection:
        await connection.execute(
            "UPDATE parked_records SET seq = 2, sealed = sealed || '\\x00' "
            "WHERE record_id = $1::uuid",
            letter,
        )

    async def buried() -> bool:
        return await intake.parked_of(coach) == [(2, "failed")]

    await until(buried, what="the broken record to become a dead letter")
    assert await intake.place_of(coach) == (1, True)
    assert (await intake.ready())["consumer"] == "consuming"
    assert replay(intake, letter).stdout == "seal_broken\n"
    gone = intake.command("dead-letters", "discard", letter, "--reason", "key-lost")
    assert gone.stdout == "discarded\n"
    assert await order_of(intake, coach) == ["en"]


async def test_a_record_that_is_tried_again_is_a_real_event_and_is_not_discarded(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    async with intake.system.database("intake") as connection:
        await connection.execute("INSERT INTO refused VALUES ($1, 'qen8')", coach)
    await wire.put([contact(coach, 1), contact(coach, 2, language="en"), contact(other, 1)])
    await intake.until_applied(other)
    letters = await letters_of(intake, coach)
    waiting = await intake.parked_of(coach)
    assert waiting[0][1] == "retrying"
    for words in ([letters[waiting[0][0]]], ["--all", "--waits", "retrying"]):
        refused = intake.command("dead-letters", "discard", *words, "--reason", "test")
        assert refused.returncode == 1
        assert "is_tried_again" in refused.stdout
    assert [number for number, _ in await intake.parked_of(coach)] == [n for n, _ in waiting]
    async with intake.system.database("intake") as connection:
        await connection.execute("DELETE FROM refused")
    await until(lambda: in_order(intake, coach, ["en", "en"]), what="the next attempt")


async def test_a_key_that_has_stopped_is_a_humans_task_until_somebody_has_decided(
    intake: Intake, wire: Wire
) -> None:
    coach, other = uuid4(), uuid4()
    spoilt = [contact(coach, number).with_body(b"{") for number in (1, 2)]
    await wire.put([*spoilt, contact(other, 1)])
    await intake.until_applied(other)
    assert await tasks_about(intake, coach) == [("failed", None)]
    assert await tasks_about(intake, other) == []
    first = (await letters_of(intake, coach))[1]
    assert replay(intake, first).stdout == "body_invalid\n"
    assert intake.command("dead-letters", "discard", first, "--reason", "test").returncode == 0
    await until(lambda: waits(intake, coach, [(2, "failed")]), what="the second to fail")
    assert await tasks_about(intake, coach) == [("failed", None)], "one more to decide about"
    second = (await letters_of(intake, coach))[2]
    assert intake.command("dead-letters", "discard", second, "--reason", "test").returncode == 0
    assert await tasks_about(intake, coach) == [("failed", "news_settled")]


async def tasks_about(intake: Intake, key: UUID) -> list[tuple[str, str | None]]:
    """Reason and outcome of the tasks about a key, each of which the board was told of."""
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch(
            "SELECT reason, outcome, task_id FROM tasks "
            "WHERE subject_id = $1 AND kind = 'news_unread' AND owner = 'intake' "
            "ORDER BY opened_at",
            key,
        )
        for row in rows:
            told = await connection.fetchval(
                "SELECT last_seq FROM sequences WHERE topic = 'alongside.referrals.v1' "
                "AND key = $1",
                row["task_id"],
            )
            assert told == (1 if row["outcome"] is None else 2)
    return [(row["reason"], row["outcome"]) for row in rows]

"""A coach sees a person for as long as everything allows it, asked at every look and every act."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from services.matching.on.referral_stopped import referral_stopped
from tests.integration.crash import cast
from tests.integration.crash.cast import MOMENT
from tests.integration.crash.matching import OFFERED, SHOWN, replied, roster
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Act, Before, Stage, Step, comes, record_of, sealed
from tests.integration.matching.visit import Visit, visiting
from tests.world.system import until

ENDED_YESTERDAY = [
    {
        "scheme": "ICRC-PR",
        "jurisdiction": "OK",
        "valid_from": "2025-01-01",
        "valid_to": "2026-11-23",
    }
]


def statement(sql: str, *arguments: object) -> Step:
    """An operator's hand in the database."""

    async def step(_: Before) -> Act:
        async def run(process: Process) -> None:
            async with process.database.transaction() as tx:
                await tx.connection.execute(sql, *arguments)

        return run

    return step


async def a_gap(before: Before) -> Act:
    """A revocation comes before an event that is still missing."""
    event = cast.revoked()
    record = record_of(event, before.next_of(event) + 1)
    return lambda process: process.settler.settle_one(record)


@dataclass(frozen=True, slots=True)
class Barrier:
    """What stands in the way, and what the page then says."""

    name: str
    steps: tuple[Step, ...]
    english: str
    spanish: str
    later: timedelta = timedelta(0)


HELD = Barrier("held", (comes(cast.held()),), "Please wait before you reach out", "espera antes")
BARRIERS = [
    HELD,
    Barrier(
        "the clinic asked to end it",
        (comes(cast.cancel_requested()),),
        "Please do not reach out for now",
        "no te comuniques por ahora",
    ),
    Barrier(
        "the clinic asked to end it during a hold",
        (comes(cast.held()), comes(cast.cancel_requested()), comes(cast.released())),
        "Please do not reach out for now",
        "no te comuniques por ahora",
    ),
    Barrier(
        "the consent runs out",
        (comes(cast.amended(consent_expires_at=MOMENT + timedelta(hours=1))),),
        "We may not show you this person now",
        "Ahora no podemos mostrarte",
        later=timedelta(hours=1),
    ),
    Barrier(
        "the consent names another organisation",
        (comes(cast.amended(coach_organisation="somebody-else")),),
        "We may not show you this person now",
        "Ahora no podemos mostrarte",
    ),
    Barrier(
        "the coach is not active",
        (statement("UPDATE coaches SET active = false"),),
        "You are not marked as active",
        "no figuras como activo",
    ),
    Barrier(
        "the credential has ended",
        (roster(1, 2, credentials=ENDED_YESTERDAY),),
        "Your credential needs a look",
        "revisar tu credencial",
    ),
    Barrier(
        "a revocation waits behind a gap",
        (a_gap,),
        "There is news that we have not worked through",
        "no hemos procesado",
    ),
]
by_name = pytest.mark.parametrize("barrier", BARRIERS, ids=lambda one: one.name)


async def meets(visit: Visit, barrier: Barrier) -> None:
    await visit.happens(*barrier.steps)
    await visit.passes(barrier.later)


def shows_nobody(page: str) -> bool:
    """Neither name nor number, and nothing to act with."""
    return not any(
        word in page for word in ("Sam", "S.", cast.PERSON_PHONE, "tel:", "sms:", "/contact")
    )


@by_name
async def test_who_said_yes_reads_why_the_person_is_not_shown(
    stage: Stage, barrier: Barrier
) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        page = await visit.says_yes(link)
        assert "Sam" in page
        assert f"tel:{cast.PERSON_PHONE}" in page
        await meets(visit, barrier)
        closed = await visit.http.get(link)
        assert closed.status_code == 200
        assert barrier.english in closed.text
        assert shows_nobody(closed.text)
        assert "Please reach out by" not in closed.text
        spanish = (await visit.http.get(f"{link}?lang=es")).text
        assert barrier.spanish in spanish
        assert shows_nobody(spanish)


@by_name
async def test_no_contact_is_logged_meanwhile(stage: Stage, barrier: Barrier) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await meets(visit, barrier)
        answer = await visit.logs_a_call(link)
        assert answer.status_code == 409
        assert barrier.english in answer.text
        assert shows_nobody(answer.text)
        assert await visit.rows("contact_log") == []


async def test_what_is_mended_is_shown_again(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await meets(visit, HELD)
        await visit.happens(comes(cast.released()))
        assert "Sam" in (await visit.http.get(link)).text


OF_AN_OPEN_OFFER = [one for one in BARRIERS if one.name.startswith(("the coach", "the cred", "a"))]


@pytest.mark.parametrize("barrier", OF_AN_OPEN_OFFER, ids=lambda one: one.name)
async def test_no_initial_is_shown_and_no_yes_taken_where_the_person_may_not_be_seen(
    stage: Stage, barrier: Barrier
) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        assert "S." in (await visit.http.get(link)).text
        await meets(visit, barrier)
        closed = await visit.http.get(link)
        assert barrier.english in closed.text
        assert shows_nobody(closed.text)
        assert 'value="accept"' not in closed.text
        yes = await visit.says(link, "accept")
        assert yes.status_code in (409, 503)
        assert barrier.english in yes.text
        assert [row["state"] for row in await visit.rows("offers")] == ["open"]
        passed = await visit.says(link, "pass")
        assert passed.status_code == 303


async def test_a_yes_that_does_not_fit_any_more_is_no_dead_end(stage: Stage) -> None:
    """The page does not ask again what it has just declined."""
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        later = MOMENT + timedelta(days=9)
        await visit.happens(statement("UPDATE coaches SET paused_until = $1", later))
        yes = await visit.says(link, "accept")
        assert yes.status_code == 409
        assert "does not fit any more" in yes.text
        assert 'value="accept"' not in yes.text
        assert 'value="pass"' in yes.text


async def test_a_yes_by_text_goes_on_when_the_news_has_come(stage: Stage) -> None:
    """Other news of its own topic waits behind it, and must not hold it for ever."""
    async with visiting(stage, SHOWN) as visit:
        await visit.happens(statement(_MESSAGE_WAITS, cast.REFERRAL), replied("accept"))
        assert [row["state"] for row in await visit.rows("offers")] == ["accepted"]


_MESSAGE_WAITS = """
    INSERT INTO parked_records (record_id, topic, partition, record_offset, key, seq, type, reason,
                                sealed, parked_at, attempts)
    VALUES (gen_random_uuid(), 'alongside.messages.v1', 0, 0, $1, 9, 'message.sent',
            'behind_failed', '', now(), 0)
"""


async def test_an_assignment_that_ended_meanwhile_takes_no_note(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.happens(comes(cast.closed()))
        answer = await visit.logs_a_call(link)
        assert answer.status_code == 409
        assert "This support has ended" in answer.text
        assert await visit.rows("contact_log") == []


async def test_a_note_waits_for_the_end_that_is_under_way(stage: Stage) -> None:
    """The assignment is locked: a note cannot slip in between its end and the commit of that."""
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        async with visit.process.database.transaction() as tx:
            await referral_stopped(tx, cast.closed())
            await tx.flush()
            note = asyncio.create_task(visit.logs_a_call(link))
            await until(partial(_somebody_waits, stage), what="the note to wait")
        assert (await note).status_code == 409
        assert await visit.rows("contact_log") == []


async def _somebody_waits(stage: Stage) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(await stage.store.connection.fetchval(waiting))


async def test_a_person_who_is_not_known_yet_is_said_to_be_missing(stage: Stage) -> None:
    async with visiting(stage, OFFERED) as visit:
        link = await visit.link()
        page = await visit.says_yes(link)
        assert "We do not have the name and number" in page
        await visit.happens(sealed(cast.person_contact))
        assert "Sam" in (await visit.http.get(link)).text


async def test_a_saved_contact_is_confirmed_and_the_deadline_is_gone(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        assert "Please reach out by" in await visit.says_yes(link)
        await visit.passes(timedelta(hours=11))
        saved = await visit.logs_a_call(link)
        page = (await visit.http.get(saved.headers["location"])).text
        assert "Saved. Thank you" in page
        assert "reach out by" not in page
        assert "By phone: We talked" in page
        assert "Saved" not in (await visit.http.get(link)).text


async def test_a_deadline_that_was_missed_is_said_to_be_over(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.happens(
            statement("UPDATE offers SET first_contact_by = $1", MOMENT + timedelta(hours=1))
        )
        assert "Please reach out by" in (await visit.http.get(link)).text
        await visit.passes(timedelta(hours=2))
        page = (await visit.http.get(link)).text
        assert "You were to reach out by" in page
        assert "Please reach out by" not in page
